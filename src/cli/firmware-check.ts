import type { ApiClient } from '../shared/contract/contract.ts'
import type { CausableStep, CheckItem, CheckStep, FirmwareCheck } from '../shared/contract/firmware-check.ts'
import type { JsonObject } from '../shared/json.ts'
import type { Output } from './output.ts'
import { causableSteps } from '../shared/contract/firmware-check.ts'
import { toErrorValue } from '../shared/errors.ts'
import { explainFailure } from '../shared/firmware/check-words.ts'
import { command } from './command.ts'
import { oneLine } from './one-line.ts'
import { flag, jsonOption, optional, seconds } from './option.ts'
import { watchStopSignals } from './stop-signal.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

const titles: Record<CheckStep, string> = {
  connect: 'connected',
  subscribe: 'subscribed',
  post: 'reported a property',
  set: 'answered a property set',
  version: 'reported its version',
  config: 'asked for its configuration',
  reconnect: 'survived a disconnect',
  event: 'reported an event',
  service: 'answered a service',
  time: 'asked for the time',
  update: 'finished an update',
}
const marks: Record<CheckItem['state'], string> = { waiting: '[ ]', asked: '[…]', passed: '[x]', failed: '[!]' }
const waitSecondsMax = 24 * 3600

/** `thingbench firmware check PK NAME`: the checklist of a device's firmware, for people and for scripts. */
export const firmwareCheck = command({
  path: ['firmware', 'check'],
  about: 'Show what a device\'s firmware has done right and wrong; exit code 1 when something failed.',
  positionals: [
    { name: 'PRODUCT_KEY', about: 'The product of the device.' },
    { name: 'DEVICE_NAME', about: 'The device, as device list shows it.' },
  ],
  options: {
    wait: optional(seconds(0, waitSecondsMax), { about: 'Wait so long at most for everything required; exit code 1 too when something is missing then.', placeholder: 'S' }),
    begin: flag('Begin the checklist anew: only what happens from now on counts.'),
    drive: flag('With --wait: do the platform\'s part of each step as soon as the device is connected: set a property, push the configuration, close the connection.'),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: [
    'thingbench firmware check a1Thermostat board',
    'thingbench firmware check a1Thermostat board --begin --wait 120 --drive',
  ],
  async run({ wait, begin, drive, workspace, json }, [productKey = '', deviceName = ''], output) {
    const identity = { productKey, deviceName }
    const check = await withWorkspace({ workspace }, async (client) => {
      const first = await client.call(begin ? 'firmwareCheck.begin' : 'firmwareCheck.get', identity)
      return wait === undefined || first.result === 'passed' ? first : await waitFor(client, identity, { first, waitMs: wait * 1000, drive, output })
    })
    print(output, check, json)
    return check.result === 'failed' || (wait !== undefined && check.result !== 'passed') ? 1 : 0
  },
})

interface Waiting { first: FirmwareCheck, waitMs: number, drive: boolean, output: Output }

/** Follows the checklist until everything required has passed, the time is over or somebody stops it; returns how it was last. */
async function waitFor(client: ApiClient, identity: { productKey: string, deviceName: string }, { first, waitMs, drive, output }: Waiting): Promise<FirmwareCheck> {
  using stop = watchStopSignals()
  const over = new AbortController()
  const driven = new Set<CausableStep>()
  const states = new Map<CheckStep, CheckItem['state']>(first.items.map(({ step, state }) => [step, state]))
  let last = first
  await client.subscribe('firmwareCheck.watch', identity, async (check) => {
    last = check
    for (const { step, state } of check.items) {
      if (states.get(step) !== state)
        output.note(`${marks[state]} ${titles[step]}`)
      states.set(step, state)
    }
    if (check.result === 'passed' || !output.wanted())
      over.abort()
    else if (drive)
      await driveNext(client, identity, check, driven, output)
  }, { signal: AbortSignal.any([stop.signal, over.signal, AbortSignal.timeout(waitMs)]) })
  return last
}

/** Does the platform's part of the next step, once each; the connection is closed last, when the rest is done. */
async function driveNext(client: ApiClient, identity: { productKey: string, deviceName: string }, check: FirmwareCheck, driven: Set<CausableStep>, output: Output): Promise<void> {
  const isSettled = (step: CheckStep): boolean => check.items.every(item => item.step !== step || item.state === 'passed' || item.state === 'failed')
  const next = causableSteps.find(step => !driven.has(step) && check.items.some(item => item.step === step && item.isRequired && item.state === 'waiting'))
  if (next === undefined || !check.isOnline || !isSettled('subscribe') || (next === 'reconnect' && !(['post', 'set', 'version'] as const).every(isSettled)))
    return
  driven.add(next)
  try {
    const { done } = await client.call('firmwareCheck.cause', { ...identity, step: next })
    output.note(`    ${next}: ${done}`)
  }
  catch (error) {
    output.note(`    ${next}: ${toErrorValue(error).message}`)
  }
}

function print(output: Output, check: FirmwareCheck, json: boolean): void {
  if (json) {
    output.json(JSON.parse(JSON.stringify({ ...check, items: check.items.map(item => ({ ...item, ...item.failure && { why: explainFailure(item.failure) } })) })) as JsonObject)
    return
  }
  for (const { step, state, isRequired, last, passes, failure, failures } of check.items) {
    const counts = passes > 1 || failures > 0 ? `  (${passes} right, ${failures} wrong)` : ''
    output.line(`${marks[state]} ${titles[step]}${isRequired ? '' : ', not required'}${last === null ? '' : `  ${new Date(last.at).toISOString()}`}${counts}`)
    if (state === 'failed' && failure !== null)
      output.line(`      ${oneLine(explainFailure(failure))}`)
    const missing = check.topics.filter(topic => topic.isNeeded && !topic.isSubscribed)
    if (step === 'subscribe' && state !== 'passed')
      missing.forEach(({ topic }) => output.line(`      missing: ${topic}`))
  }
  output.line({ open: 'Not everything has been seen yet.', passed: 'Everything required has passed.', failed: 'Something failed.' }[check.result])
}
