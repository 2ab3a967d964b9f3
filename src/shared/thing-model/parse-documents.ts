import type { ModelIssue } from './findings.ts'
import type { ParseOptions } from './parse.ts'
import type { ThingModel } from './types.ts'
import { limits } from '../limits.ts'
import { startFindings } from './findings.ts'
import { featureLimits } from './limits.ts'
import { parseThingModel } from './parse.ts'

/** The modules of a product, the default one first; or what is wrong with their documents. */
export type ParsedDocuments
  = | { documents: ThingModel[], notices: string[], issues?: undefined }
    | { issues: ModelIssue[], documents?: undefined, notices?: undefined }

/**
 * Reads the documents of one product's thing model together (Alink 4.1): at most one default module, and custom modules
 * with ids of their own. Never throws. Issues name the module; a document that cannot be read is named by its position.
 */
export function parseDocuments(texts: readonly string[], options: ParseOptions = {}): ParsedDocuments {
  const findings = startFindings(options.applyLimits ?? false)
  const issues: ModelIssue[] = findings.issues
  const notices: string[] = findings.notices
  const documents: ThingModel[] = []
  const size = texts.reduce((sum, text) => sum + text.length, 0)
  if (texts.length === 0)
    findings.refuse('', 'at least one document', 'none', 6318)
  if (size > limits.modelDocumentsBytesMax) {
    findings.refuse('', `documents of at most ${limits.modelDocumentsBytesMax / 1024} KB together`, `${Math.ceil(size / 1024)} KB`)
    return { issues }
  }
  texts.forEach((text, index) => {
    const parsed = parseThingModel(text, options)
    if (parsed.issues === undefined) {
      documents.push(parsed.model)
      notices.push(...parsed.notices.map(notice => inModule(parsed.model.functionBlockId, notice)))
    }
    else {
      const module = moduleIdIn(text) ?? (index === 0 ? undefined : `no. ${index + 1}`)
      issues.push(...parsed.issues.map(issue => module === undefined ? issue : { ...issue, module }))
    }
  })
  checkTogether(documents, findings)
  if (issues.length > 0)
    return { issues }
  return { documents: documents.sort(byModule), notices }
}

function checkTogether(documents: readonly ThingModel[], { refuse, exceed }: ReturnType<typeof startFindings>): void {
  const seen = new Set<string>()
  for (const { functionBlockId } of documents) {
    const id = functionBlockId ?? ''
    if (seen.has(id))
      refuse('functionBlockId', id === '' ? 'one default module' : 'a module id that is used once', id === '' ? 'a second document without "functionBlockId"' : `text ${JSON.stringify(id)}`)
    seen.add(id)
  }
  const modules = documents.filter(document => document.functionBlockId !== undefined).length
  if (modules > featureLimits.modulesMax)
    exceed('functionBlockId', `at most ${featureLimits.modulesMax} modules`, `${modules} modules`)
  const parameters = documents.reduce((sum, { events, services }) => sum
    + events.reduce((count, event) => count + event.outputData.length, 0)
    + services.reduce((count, service) => count + service.inputData.length + service.outputData.length, 0), 0)
  if (parameters > featureLimits.parametersPerProductMax)
    exceed('events and services', `at most ${featureLimits.parametersPerProductMax} parameters of a product together`, `${parameters} parameters`)
}

/** The default module stands before the custom ones, these by id. */
export function byModule({ functionBlockId: a = '' }: ThingModel, { functionBlockId: b = '' }: ThingModel): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function inModule(module: string | undefined, notice: string): string {
  return module === undefined ? notice : `module ${module}, ${notice}`
}

/** The module that a document with faults belongs to, if that much can be read. */
function moduleIdIn(text: string): string | undefined {
  return /"functionBlockId"\s*:\s*"(\w{1,30})"/.exec(text.replace(/"functionBlocks"\s*:\s*\[[^\]]*\]/, ''))?.[1]
}
