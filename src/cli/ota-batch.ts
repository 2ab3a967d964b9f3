import type { Batch, BatchPreview, TaskCounts } from '../shared/contract/batch.ts'
import type { MethodInput } from '../shared/contract/contract.ts'
import type { JsonObject } from '../shared/json.ts'
import type { Output } from './output.ts'
import { taskStates } from '../shared/ota/task.ts'
import { command, UsageError } from './command.ts'
import { anyText, flag, jsonOption, optional } from './option.ts'
import { batchOptions, changeOptions, namedOptions, wayOf, wayOptions, withNamed } from './ota-batch-options.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

/** The word that names a batch, for all commands on one. */
export const batchWord = { name: 'BATCH_ID', about: 'The batch, as ota batch list shows it.' }
const packageWord = { name: 'PACKAGE_ID', about: 'The update package, as ota package list shows it.' }

/** `thingbench ota verify ID --devices a,b`. */
export const otaVerify = command({
  path: ['ota', 'verify'],
  about: 'Try an update package on some devices, which has to succeed before other devices get it.',
  positionals: [packageWord],
  options: { ...namedOptions, ...wayOptions, workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench ota verify 7wQ2mV9sT4kLx8Rb1NcZ5a --devices bench-1,bench-2 --timeout 60'],
  async run({ workspace, json, ...values }, [packageId = ''], output) {
    if (values.devices === undefined && values['devices-file'] === undefined)
      throw new UsageError('A package is verified on named devices: expected --devices or --devices-file.')
    const batch = await withWorkspace({ workspace }, client => withNamed(client, values, { packageId, kind: 'verify', ...wayOf(values) }, wish => client.call('batch.create', wish)))
    show(batch, json, output)
    return 0
  },
})

/** `thingbench ota batch create ID`. */
export const otaBatchCreate = command({
  path: ['ota', 'batch', 'create'],
  about: 'Update devices with a package: all devices of the product, or named ones, a percentage or a group.',
  positionals: [packageWord],
  options: { ...batchOptions, preview: flag('Make nothing; say what would become of how many devices.'), workspace: workspaceOption, json: jsonOption },
  examples: [
    'thingbench ota batch create 7wQ2mV9sT4kLx8Rb1NcZ5a --preview',
    'thingbench ota batch create 7wQ2mV9sT4kLx8Rb1NcZ5a --devices-file names.csv --rate 200 --timeout 60 --retry-after 10 --retries 2',
    'thingbench ota batch create 7wQ2mV9sT4kLx8Rb1NcZ5a --dynamic --from 1.0.0,1.0.1 --rate 50,2,10000,1000',
  ],
  async run({ preview, workspace, json, ...values }, [packageId = ''], output) {
    const { percent, group } = values
    if (percent !== undefined && group !== undefined)
      throw new UsageError('--percent and --group do not go together.')
    const wish: MethodInput<'batch.create'> = {
      packageId,
      ...wayOf(values),
      ...percent === undefined ? {} : { scope: { kind: 'phased', percent } },
      ...group === undefined ? {} : { scope: { kind: 'group', group } },
      ...values.rate === undefined ? {} : { rate: values.rate },
      dynamic: values.dynamic,
      newlyReportedOnly: values['new-reports-only'],
      sourceVersions: values.from ?? [],
      startAt: values.start ?? null,
      endAt: values.end ?? null,
      retryMinutes: values['retry-after'] ?? null,
      retriesMax: values.retries,
      severalModules: values['several-modules'],
      overrides: values.override,
    }
    if (preview) {
      const found = await withWorkspace({ workspace }, client => withNamed(client, values, wish, whole => client.call('batch.preview', whole)))
      if (json)
        output.json({ ...found })
      else
        describePreview(found).forEach(line => output.line(line))
      return 0
    }
    show(await withWorkspace({ workspace }, client => withNamed(client, values, wish, whole => client.call('batch.create', whole))), json, output)
    return 0
  },
})

function describePreview({ inScope, onTarget, otherVersion, unreported, fulfilling, tasks, offline, conflicting, overridden }: BatchPreview): string[] {
  const parts = (...counts: [number, string][]): string => counts.filter(([count]) => count > 0).map(([count, what]) => `, ${count} ${what}`).join('')
  return [
    `${tasks} of ${inScope} devices would get the update${parts([onTarget, 'with it already'], [otherVersion, 'with another version'], [unreported, 'without a reported version'])}.`,
    `Fulfilling the conditions: ${fulfilling}, of these ${offline} offline${parts([conflicting, 'failing because of an earlier update'], [overridden, 'losing an earlier update'])}.`,
  ]
}

/** `thingbench ota batch list`. */
export const otaBatchList = command({
  path: ['ota', 'batch', 'list'],
  about: 'List the batches of updates, newest first.',
  positionals: [],
  options: {
    package: optional(anyText, { about: 'Only those of this update package.', placeholder: 'PACKAGE_ID' }),
    product: optional(anyText, { about: 'Only those of this product.', placeholder: 'PRODUCT_KEY' }),
    device: optional(anyText, { about: 'With --product: only those that have an update for this device.', placeholder: 'NAME' }),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench ota batch list', 'thingbench ota batch list --product a1Thermostat --device kitchen'],
  async run({ package: packageId, product, device, workspace, json }, _positionals, output) {
    if (device !== undefined && product === undefined)
      throw new UsageError('--device goes with --product only: names are those of a product\'s devices.')
    const filter = { ...packageId === undefined ? {} : { packageId }, ...product === undefined ? {} : { productKey: product }, ...device === undefined ? {} : { deviceName: device } }
    await withWorkspace({ workspace }, async (client) => {
      for (let offset = 0; ;) {
        const { batches, total } = await client.call('batch.list', { ...filter, offset })
        batches.forEach(batch => json ? output.json(plain(batch)) : output.line(describeBatch(batch)[0]!))
        offset += batches.length
        if (batches.length === 0 || offset >= total || !output.wanted())
          break
      }
    })
    return 0
  },
})

/** `thingbench ota batch show ID`. */
export const otaBatchShow = command({
  path: ['ota', 'batch', 'show'],
  about: 'Show a batch of updates with everything that it was made with, and how far it is.',
  positionals: [batchWord],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench ota batch show 3kT8vXq2LmZp9RwYc6HsNd'],
  async run({ workspace, json }, [batchId = ''], output) {
    show(await withWorkspace({ workspace }, client => client.call('batch.get', { batchId })), json, output)
    return 0
  },
})

/** `thingbench ota batch update ID`. */
export const otaBatchUpdate = command({
  path: ['ota', 'batch', 'update'],
  about: 'Change a batch under way: the numbers of its push rate, its tags; of a dynamic one also timeout and source versions.',
  positionals: [batchWord],
  options: { ...changeOptions, workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench ota batch update 3kT8vXq2LmZp9RwYc6HsNd --rate 500', 'thingbench ota batch update 3kT8vXq2LmZp9RwYc6HsNd --timeout none --tags wave=2'],
  async run({ rate, timeout, tags, from, workspace, json }, [batchId = ''], output) {
    const change = { ...rate === undefined ? {} : { rate }, ...timeout === undefined ? {} : { timeoutMinutes: timeout }, ...tags === undefined ? {} : { tags }, ...from === undefined ? {} : { sourceVersions: from } }
    if (Object.keys(change).length === 0)
      throw new UsageError('Nothing is to be changed: expected --rate, --timeout, --tags or --from.')
    show(await withWorkspace({ workspace }, client => client.call('batch.update', { batchId, ...change })), json, output)
    return 0
  },
})

/** `thingbench ota batch pause ID`. */
export const otaBatchPause = command({
  path: ['ota', 'batch', 'pause'],
  about: 'Tell no further device of a batch until ota batch resume; the cloud has no such thing.',
  positionals: [batchWord],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench ota batch pause 3kT8vXq2LmZp9RwYc6HsNd'],
  async run({ workspace, json }, [batchId = ''], output) {
    show(await withWorkspace({ workspace }, client => client.call('batch.pause', { batchId })), json, output)
    return 0
  },
})

/** `thingbench ota batch resume ID`. */
export const otaBatchResume = command({
  path: ['ota', 'batch', 'resume'],
  about: 'Go on with a paused batch.',
  positionals: [batchWord],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench ota batch resume 3kT8vXq2LmZp9RwYc6HsNd'],
  async run({ workspace, json }, [batchId = ''], output) {
    show(await withWorkspace({ workspace }, client => client.call('batch.resume', { batchId })), json, output)
    return 0
  },
})

function show(batch: Batch, json: boolean, output: Output): void {
  if (json)
    output.json(plain(batch))
  else
    describeBatch(batch).forEach(line => output.line(line))
}

/** The same as a JSON value, which an interface is not to the type checker. */
export function plain(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject
}

/** `12 succeeded, 3 in progress`; states without a task are left out. */
export function describeCounts(counts: TaskCounts): string {
  const words = { CONFIRM: 'to be confirmed', QUEUED: 'to be pushed', NOTIFIED: 'pushed', IN_PROGRESS: 'in progress', SUCCEEDED: 'succeeded', FAILED: 'failed', CANCELED: 'cancelled' }
  const parts = taskStates.filter(state => counts[state] > 0).map(state => `${counts[state]} ${words[state]}`)
  return parts.length === 0 ? 'no devices' : parts.reverse().join(', ')
}

const states = { PLANNED: 'planned', IN_PROGRESS: 'under way', COMPLETED: 'completed', CANCELED: 'cancelled' }

/** A batch in lines, the first of which stands for it in a list. */
function describeBatch(batch: Batch): string[] {
  const { batchId, kind, dynamic, productKey, module, targetVersion, state, pausedAt, counts, startAt, endAt } = batch
  const what = kind === 'verify' ? 'verification' : dynamic ? 'dynamic batch' : 'batch'
  const facts = [
    ...startAt === null ? [] : [`from ${new Date(startAt).toISOString()}${endAt === null ? '' : ` to ${new Date(endAt).toISOString()}`}`],
    describeScope(batch),
    ...describePolicy(batch),
  ]
  return [
    `${batchId}  ${what} of ${module} ${targetVersion} for ${productKey}, ${pausedAt === null ? states[state] : 'paused'}: ${describeCounts(counts)}`,
    ...facts.map(fact => `  ${fact}`),
  ]
}

function describeScope({ scope, sourceVersions, newlyReportedOnly }: Batch): string {
  const versions = sourceVersions.length === 0 ? '' : ` that have version ${sourceVersions.join(' or ')}`
  return `${describeDevices(scope)}${versions}${newlyReportedOnly ? ' and report it from now on' : ''}`
}

function describeDevices(scope: Batch['scope']): string {
  switch (scope.kind) {
    case 'all':
      return 'all devices'
    case 'named':
      return `${scope.deviceCount} named ${scope.deviceCount === 1 ? 'device' : 'devices'}`
    case 'phased':
      return `${scope.percent} % of the devices`
    case 'group':
      return `the devices of group ${scope.group}`
  }
}

function describePolicy({ pushes, rate, retryMinutes, retriesMax, timeoutMinutes, severalModules, overrides, needsConfirmation, protocol, tags }: Batch): string[] {
  const rates = rate.kind === 'unlimited' ? 'as fast as possible' : rate.kind === 'constant' ? `${rate.perMinute} a minute` : `${rate.base} a minute, times ${rate.factor} for each ${rate.threshold} ${rate.counts}, up to ${rate.max}`
  return [
    `${pushes ? `told ${rates}` : 'told when they ask'}, over ${protocol}${needsConfirmation ? ', each after it was confirmed' : ''}`,
    ...retryMinutes === null ? [] : [`${retriesMax} ${retriesMax === 1 ? 'retry' : 'retries'}, ${retryMinutes === 0 ? 'at once' : `after ${retryMinutes} min`}`],
    ...timeoutMinutes === null ? [] : [`timeout after ${timeoutMinutes} min`],
    ...severalModules ? ['several modules at once'] : [],
    ...overrides ? ['takes the place of earlier updates'] : [],
    ...Object.keys(tags).length === 0 ? [] : [`tags ${Object.entries(tags).map(([key, value]) => `${key}=${value}`).join(', ')}`],
  ]
}
