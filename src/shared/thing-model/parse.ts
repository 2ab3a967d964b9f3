import type { JsonObject } from '../json.ts'
import type { Findings, ModelIssue } from './findings.ts'
import type { Naming } from './parse-naming.ts'
import type { FunctionBlock, ModelProfile, Parameter, Property, ThingEvent, ThingModel, ThingService } from './types.ts'
import { limits } from '../limits.ts'
import { describeGot, readList, readObject, readText, startFindings, unknownMembers } from './findings.ts'
import { locateJsonError } from './json-error.ts'
import { featureLimits } from './limits.ts'
import { parseDataType, parseParameters } from './parse-data-type.ts'
import { parseNaming, refuseReserved } from './parse-naming.ts'

/** A model, with what its owner should know; or what is wrong with the file, and then no model at all. */
export type ParsedThingModel
  = | { model: ThingModel, notices: string[], issues?: undefined }
    | { issues: ModelIssue[], model?: undefined, notices?: undefined }

export interface ParseOptions {
  /** Refuse what the cloud's ceilings would refuse instead of only saying so. Default false. */
  applyLimits?: boolean
}

const textKeys = ['properties', 'events', 'services'] as const

/**
 * Reads one document of a thing model as the cloud's console exports it (`{schema, profile, properties, events,
 * services}`), from text or from parsed JSON. The members the cloud derives (event `post`, services `set` and `get`,
 * `method`) are recognised and left out of the model; a reduced file without them reads the same. Never throws.
 */
export function parseThingModel(source: unknown, options: ParseOptions = {}): ParsedThingModel {
  const findings = startFindings(options.applyLimits ?? false)
  const document = typeof source === 'string' ? parseText(findings, source) : source
  const model = findings.issues.length === 0 ? parseDocument(findings, document) : undefined
  if (model === undefined || findings.issues.length > 0)
    return { issues: findings.issues }
  return { model, notices: findings.notices }
}

/** The issue as one sentence: `properties[3].dataType.specs.max: expected …, got ….`, with the module in front if it has one. */
export function describeModelIssue({ path, expected, got, module }: ModelIssue): string {
  const place = module === undefined ? path : `module ${module}${path === '' ? '' : `, ${path}`}`
  return `${place === '' ? 'The file' : place}: expected ${expected}, got ${got}.`
}

function parseText(findings: Findings, source: string): unknown {
  // Editors on Windows put a byte order mark before the text; it is no part of the JSON.
  const text = source.startsWith('\uFEFF') ? source.slice(1) : source
  if (text.length > limits.modelBytesMax) {
    findings.refuse('', `a file of at most ${limits.modelBytesMax / 1024} KB`, `${Math.ceil(text.length / 1024)} KB`)
    return undefined
  }
  try {
    return JSON.parse(text)
  }
  catch {
    const error = locateJsonError(text)
    if (error === null)
      findings.refuse('', 'valid JSON', 'text that cannot be read', 6318)
    else
      findings.refuse(`line ${error.line}, column ${error.column}`, error.expected, error.got, 6318)
    return undefined
  }
}

function parseDocument(findings: Findings, source: unknown): ThingModel | undefined {
  const expected = 'an object with "properties", "events" and "services"'
  const document = readObject(findings, '', source, expected, 6318)
  if (document === undefined)
    return undefined
  if (!textKeys.some(key => key in document)) {
    const keys = Object.keys(document).slice(0, 5).map(key => JSON.stringify(key)).join(', ')
    findings.refuse('', expected, keys === '' ? 'an empty object' : `an object with ${keys}`, 6318)
    return undefined
  }
  const blockId = readText(findings, 'functionBlockId', document.functionBlockId)
  if (blockId !== undefined && !/^\w{1,30}$/.test(blockId))
    findings.refuse('functionBlockId', '1 to 30 letters, digits or underscores', describeGot(blockId))
  const blockName = readText(findings, 'functionBlockName', document.functionBlockName)
  if (blockName !== undefined && (blockName.length < 4 || blockName.length > 30))
    findings.exceed('functionBlockName', '4 to 30 characters', describeGot(blockName))
  const functionBlocks = parseFunctionBlocks(findings, document.functionBlocks)
  const profile = parseProfile(findings, document.profile)
  const properties = parseProperties(findings, document.properties)
  const events = parseEvents(findings, document.events)
  const services = parseServices(findings, document.services)
  const features = properties.length + events.length + services.length
  if (features > featureLimits.featuresPerModuleMax)
    findings.exceed('properties, events and services', `at most ${featureLimits.featuresPerModuleMax} together`, String(features))
  const extra = unknownMembers(document, [
    'schema',
    'profile',
    'properties',
    'events',
    'services',
    'functionBlockId',
    'functionBlockName',
    'functionBlocks',
  ])
  return {
    profile,
    properties,
    events,
    services,
    ...(blockId !== undefined && { functionBlockId: blockId }),
    ...(blockName !== undefined && { functionBlockName: blockName }),
    ...(functionBlocks && { functionBlocks }),
    ...(extra && { extra }),
  }
}

function parseProfile(findings: Findings, source: unknown): ModelProfile {
  if (source === undefined || source === null)
    return {}
  const object = readObject(findings, 'profile', source)
  if (object === undefined)
    return {}
  const productKey = readText(findings, 'profile.productKey', object.productKey)
  const version = readText(findings, 'profile.version', object.version)
  const extra = unknownMembers(object, ['productKey', 'version'])
  return { ...(productKey !== undefined && { productKey }), ...(version !== undefined && { version }), ...(extra && { extra }) }
}

function parseFunctionBlocks(findings: Findings, source: unknown): FunctionBlock[] | undefined {
  if (source === undefined || source === null)
    return undefined
  const list = readList(findings, 'functionBlocks', source)
  if (list.length > featureLimits.modulesMax)
    findings.exceed('functionBlocks', `at most ${featureLimits.modulesMax} modules`, `${list.length} modules`)
  return list.flatMap((entry, index) => {
    const path = `functionBlocks[${index}]`
    const object = readObject(findings, path, entry)
    const functionBlockId = object && readText(findings, `${path}.functionBlockId`, object.functionBlockId)
    if (object === undefined)
      return []
    if (functionBlockId === undefined) {
      findings.refuse(`${path}.functionBlockId`, 'a text', describeGot(object.functionBlockId))
      return []
    }
    const productKey = readText(findings, `${path}.productKey`, object.productKey)
    const functionBlockName = readText(findings, `${path}.functionBlockName`, object.functionBlockName) ?? functionBlockId
    return [{ functionBlockId, functionBlockName, ...(productKey !== undefined && { productKey }) }]
  })
}

/** Walks one of the three feature lists, checking names across the list. */
function parseFeatures<Feature>(
  findings: Findings,
  key: (typeof textKeys)[number],
  source: unknown,
  parse: (object: JsonObject, naming: Naming, path: string) => Feature | undefined,
  isImplicit: (object: JsonObject) => boolean = () => false,
): Feature[] {
  const features: Feature[] = []
  const seen = new Map<string, string>()
  readList(findings, key, source).forEach((entry, index) => {
    const path = `${key}[${index}]`
    const object = readObject(findings, path, entry)
    if (object === undefined || isImplicit(object))
      return
    const naming = parseNaming(findings, path, object, seen)
    if (naming !== undefined)
      refuseReserved(findings, path, naming.identifier)
    const feature = parse(object, naming ?? { identifier: '', name: '' }, path)
    if (naming !== undefined && feature !== undefined)
      features.push(feature)
  })
  return features
}

function parseProperties(findings: Findings, source: unknown): Property[] {
  return parseFeatures(findings, 'properties', source, (object, naming, path) => {
    const accessMode = readChoice(findings, `${path}.accessMode`, object.accessMode, ['rw', 'r', 'w'])
    const required = readFlag(findings, `${path}.required`, object.required)
    const dataType = parseDataType(findings, `${path}.dataType`, object.dataType, 'feature')
    const extra = unknownMembers(object, ['identifier', 'name', 'desc', 'accessMode', 'required', 'dataType'])
    return dataType && { ...naming, accessMode, required, dataType, ...(extra && { extra }) }
  })
}

function parseEvents(findings: Findings, source: unknown): ThingEvent[] {
  return parseFeatures(findings, 'events', source, (object, naming, path) => {
    const type = readChoice(findings, `${path}.type`, object.type, ['info', 'alert', 'error'])
    const required = readFlag(findings, `${path}.required`, object.required)
    const outputData = parseParameterList(findings, `${path}.outputData`, object.outputData)
    const extra = unknownMembers(object, ['identifier', 'name', 'desc', 'type', 'required', 'outputData', 'method'])
    return { ...naming, type, required, outputData, ...(extra && { extra }) }
  }, object => isImplicitMember(object, ['post']))
}

function parseServices(findings: Findings, source: unknown): ThingService[] {
  return parseFeatures(findings, 'services', source, (object, naming, path) => {
    const callType = readChoice(findings, `${path}.callType`, object.callType, ['async', 'sync'])
    const required = readFlag(findings, `${path}.required`, object.required)
    const inputData = parseParameterList(findings, `${path}.inputData`, object.inputData)
    const outputData = parseParameterList(findings, `${path}.outputData`, object.outputData)
    const extra = unknownMembers(object, ['identifier', 'name', 'desc', 'callType', 'required', 'inputData', 'outputData', 'method'])
    return { ...naming, callType, required, inputData, outputData, ...(extra && { extra }) }
  }, object => isImplicitMember(object, ['set', 'get']))
}

/** The members the cloud derives from the properties; their content follows from the rest of the file. */
function isImplicitMember(object: JsonObject, identifiers: readonly string[]): boolean {
  const { identifier, method } = object
  return typeof identifier === 'string'
    && identifiers.includes(identifier)
    && (typeof method !== 'string' || method.endsWith(`property.${identifier}`))
}

function parseParameterList(findings: Findings, path: string, source: unknown): Parameter[] {
  const list = readList(findings, path, source)
  if (list.length > featureLimits.parametersPerListMax)
    findings.exceed(path, `at most ${featureLimits.parametersPerListMax} parameters`, `${list.length} parameters`)
  return parseParameters(findings, path, list, 'feature')
}

/** Reads one of a few words; the first is what a reduced model means by leaving it out. */
function readChoice<Choice extends string>(findings: Findings, path: string, value: unknown, choices: readonly [Choice, ...Choice[]]): Choice {
  const choice = value === undefined || value === null ? choices[0] : choices.find(candidate => candidate === value)
  if (choice === undefined)
    findings.refuse(path, `one of ${choices.map(candidate => JSON.stringify(candidate)).join(', ')}`, describeGot(value), 6323)
  return choice ?? choices[0]
}

function readFlag(findings: Findings, path: string, value: unknown): boolean {
  if (value !== undefined && value !== null && typeof value !== 'boolean')
    findings.refuse(path, 'true or false', describeGot(value), 6323)
  return value === true
}
