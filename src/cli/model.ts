import type { ModelDraft } from '../shared/contract/model.ts'
import type { JsonValue } from '../shared/json.ts'
import type { ModelChange } from '../shared/thing-model/changes.ts'
import type { Output } from './output.ts'
import { describeModelIssue } from '../shared/thing-model/parse.ts'
import { command } from './command.ts'
import { onlyProduct } from './only-product.ts'
import { anyText, flag, jsonOption, optional, required } from './option.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

const productPositional = { name: 'PRODUCT_KEY', about: 'The product, as product list shows it; needed when the workspace has more than one.', optional: true } as const
/** The same as a JSON value, which an interface is not to the type checker. */
function plain(value: object): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue
}

const common = { workspace: workspaceOption, json: jsonOption }

/** `thingbench model draft`: the draft, what is wrong with it and what it changes. */
export const modelDraft = command({
  path: ['model', 'draft'],
  about: 'Show the draft of a product\'s thing model: what has to be put right, and what it changes.',
  positionals: [productPositional],
  options: common,
  examples: ['thingbench model draft a1Thermostat'],
  async run({ workspace, json }, [named], output) {
    const draft = await withWorkspace({ workspace }, async client => client.call('model.draft', { productKey: named ?? await onlyProduct(client) }))
    if (json)
      output.json(plain(draft))
    else
      printDraft(draft, output)
    return 0
  },
})

function printDraft({ savedAt, basedOn, issues, notices, changes, nextVersion }: ModelDraft, output: Output): void {
  for (const notice of notices)
    output.note(notice)
  if (savedAt === null) {
    output.line(basedOn === null ? 'There is neither a draft nor a published model.' : `There is no draft; version ${basedOn} is published.`)
    return
  }
  output.line(`Draft${basedOn === null ? '' : ` of version ${basedOn}`}, saved ${new Date(savedAt).toISOString()}, to become version ${nextVersion}:`)
  for (const issue of issues)
    output.line(`  to be put right: ${describeModelIssue(issue)}`)
  printChanges(changes, output)
}

function printChanges(changes: readonly ModelChange[], output: Output): void {
  if (changes.length === 0)
    output.line('  nothing is different')
  for (const { change, kind, key, isBreaking, details } of changes) {
    output.line(`  ${isBreaking ? '!' : ' '} ${change} ${kind} ${key}`)
    for (const { path, from, to, isBreaking: breaks } of details)
      output.line(`    ${breaks ? '!' : ' '} ${path}: ${from ?? '(none)'} -> ${to ?? '(none)'}`)
  }
}

/** `thingbench model publish`: the draft becomes what devices are checked by. */
export const modelPublish = command({
  path: ['model', 'publish'],
  about: 'Publish the draft: devices are checked by it from then on.',
  positionals: [productPositional],
  options: {
    'version-name': optional(anyText, { about: 'What the version is called; without it the last number grows by one.', placeholder: 'VERSION' }),
    'description': optional(anyText, { about: 'What is new in it.', placeholder: 'TEXT' }),
    ...common,
  },
  examples: ['thingbench model publish a1Thermostat --version-name 1.2 --description humidity'],
  async run({ 'version-name': version, description, workspace, json }, [named], output) {
    const published = await withWorkspace({ workspace }, async client => client.call('model.publish', {
      productKey: named ?? await onlyProduct(client),
      ...(version !== undefined && { version }),
      ...(description !== undefined && { description }),
    }))
    for (const notice of published.notices)
      output.note(notice)
    if (json) {
      output.json(plain(published))
    }
    else {
      output.line(`Published version ${published.version}:`)
      printChanges(published.changes, output)
    }
    return 0
  },
})

/** `thingbench model discard`: throws the draft away. */
export const modelDiscard = command({
  path: ['model', 'discard'],
  about: 'Throw the draft of a product\'s thing model away; what is published stays.',
  positionals: [productPositional],
  options: common,
  examples: ['thingbench model discard a1Thermostat'],
  async run({ workspace, json }, [named], output) {
    const { published } = await withWorkspace({ workspace }, async client => client.call('model.discardDraft', { productKey: named ?? await onlyProduct(client) }))
    if (json)
      output.json({ published })
    else
      output.line('The draft is gone.')
    return 0
  },
})

/** `thingbench model versions`: the published versions, newest first. */
export const modelVersions = command({
  path: ['model', 'versions'],
  about: 'List the published versions of a product\'s thing model, newest first.',
  positionals: [productPositional],
  options: common,
  examples: ['thingbench model versions a1Thermostat'],
  async run({ workspace, json }, [named], output) {
    const { versions } = await withWorkspace({ workspace }, async client => client.call('model.versions', { productKey: named ?? await onlyProduct(client) }))
    for (const version of versions) {
      if (json)
        output.json({ ...version })
      else
        output.line(`${version.version}  ${new Date(version.publishedAt).toISOString()}  ${version.propertyCount} properties, ${version.eventCount} events, ${version.serviceCount} services${version.description === '' ? '' : `  ${version.description}`}`)
    }
    return 0
  },
})

/** `thingbench model restore`: begins a draft from an old version. */
export const modelRestore = command({
  path: ['model', 'restore'],
  about: 'Begin a draft from a published version.',
  positionals: [productPositional],
  options: {
    'version-name': required(anyText, { about: 'The version, as model versions shows it.', placeholder: 'VERSION' }),
    'replace-draft': flag('Replace the draft that there is.'),
    ...common,
  },
  examples: ['thingbench model restore a1Thermostat --version-name 1.0'],
  async run({ 'version-name': version, 'replace-draft': replaceDraft, workspace, json }, [named], output) {
    const draft = await withWorkspace({ workspace }, async client => client.call('model.restore', { productKey: named ?? await onlyProduct(client), version, replaceDraft }))
    if (json)
      output.json(plain(draft))
    else
      printDraft(draft, output)
    return 0
  },
})

/** `thingbench model diff`: what the draft, or the published model, changes against a version. */
export const modelDiff = command({
  path: ['model', 'diff'],
  about: 'Say what the draft of a thing model changes, or what changed between two versions; "!" marks what can break devices or programs.',
  positionals: [productPositional],
  options: {
    from: optional(anyText, { about: 'A version; without it, what is published.', placeholder: 'VERSION' }),
    to: optional(anyText, { about: 'A version; without it, the draft.', placeholder: 'VERSION' }),
    ...common,
  },
  examples: ['thingbench model diff a1Thermostat --from 1.0 --to 1.1'],
  async run({ from, to, workspace, json }, [named], output) {
    const changes = await withWorkspace({ workspace }, async client => client.call('model.diff', {
      productKey: named ?? await onlyProduct(client),
      ...(from !== undefined && { from: { version: from } }),
      ...(to !== undefined && { to: { version: to } }),
    }))
    if (json) {
      for (const change of changes)
        output.json(plain(change))
    }
    else {
      printChanges(changes, output)
    }
    return 0
  },
})
