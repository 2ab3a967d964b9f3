import type { FleetResult } from '../engine/fleet/fleet-figures.ts'
import type { RunningFleet } from '../engine/fleet/fleet-host.ts'
import type { ConversationCounts } from '../shared/contract/fleet-conversation.ts'
import type { UpdateCounts } from '../shared/contract/fleet-updates.ts'
import type { FleetStats } from '../shared/contract/fleet.ts'
import type { Output } from './output.ts'
import type { SimulationTarget, SimulationWish } from './simulation-target.ts'
import { randomInt } from 'node:crypto'
import { createFleetHost } from '../engine/fleet/fleet-host.ts'
import { realClock } from '../host/real-clock.ts'
import { conversationCounters } from '../shared/contract/fleet-conversation.ts'
import { updateCounters } from '../shared/contract/fleet-updates.ts'
import { AppError } from '../shared/errors.ts'
import { silentLog } from '../shared/log.ts'
import { describeModelIssue, parseThingModel } from '../shared/thing-model/parse.ts'
import { readBehavioursFile } from './behaviours-file.ts'
import { readConversation } from './conversation-options.ts'
import { spawnFleet } from './place.ts'
import { readTextFile } from './read-text-file.ts'
import { openBrokerTarget, openEngineTarget } from './simulation-target.ts'
import { watchStopSignals } from './stop-signal.ts'
import { readConducts } from './update-options.ts'
import { version } from './version.ts'

/** What the counters of a conversation count, for a person. */
const conversationWords: Record<keyof ConversationCounts, string> = {
  commands: 'Commands',
  answered: 'Answered',
  events: 'Events',
  logLines: 'Log lines',
  networkReports: 'Network',
  desiredApplied: 'Desired',
  clockAnswers: 'Clock',
  broadcasts: 'Broadcasts',
  customMessages: 'Custom',
  subDevicesOnline: 'Sub-devices',
}
const updateWords: Record<keyof UpdateCounts, string> = {
  told: 'Told only',
  waiting: 'Waiting',
  downloading: 'Downloading',
  checking: 'Checking',
  flashing: 'Writing',
  restarting: 'Restarting',
  ended: 'Ended',
  updated: 'Updated',
  notUpdated: 'Not updated',
  updateBytes: 'Bytes',
  configsApplied: 'Configured',
  configsRefused: 'Refused',
}
const connectPerSec = 1_000
const watchedProgressMs = 1_000
const unwatchedProgressMs = 5_000

/**
 * Runs a fleet for a while and prints what became of its messages; returns 0 when every device connected and every
 * message was acknowledged, otherwise 1. SIGINT and SIGTERM end the run early, with the result so far.
 * @throws AppError when it could not run.
 */
export async function runSimulation(wish: SimulationWish, output: Output): Promise<number> {
  const text = await readTextFile(wish.product)
  const { model, issues } = parseThingModel(text)
  if (!model)
    throw new AppError('model/invalid', `${wish.product}: ${issues[0] ? describeModelIssue(issues[0]) : 'the file holds no thing model.'}`, { file: wish.product, issues: issues.map(({ path, expected, got }) => ({ path, expected, got })) })
  const seed = wish.seed ?? randomInt(0x1_0000_0000)

  const conversation = await readConversation(wish)
  const behaviours = wish.behaviours === undefined ? {} : await readBehavioursFile(wish.behaviours, model)

  using stop = watchStopSignals()
  await using stack = new AsyncDisposableStack()
  const target = wish.broker === undefined
    ? await openEngineTarget(wish, { text, model }, stack)
    : await openBrokerTarget({ ...wish, broker: wish.broker }, { text, model }, seed)
  output.note(`Simulating ${target.devices.length} devices against ${target.about}, seed ${seed}.`)

  const host = createFleetHost({ spawn: spawnFleet, clock: realClock, log: silentLog, version })
  stack.defer(() => host.close())
  const fleet = await host.start({
    broker: target.broker,
    devices: target.devices,
    subscribe: target.subscribe,
    model,
    behaviours,
    intervalMs: wish.interval * 1000,
    durationMs: wish.duration * 1000,
    qos: 1,
    connectPerSec,
    seed,
    conversation,
    ...readConducts(wish),
  })
  showProgress(fleet, target, output, stack)
  await Promise.race([stop.stopped, ended(fleet)])
  const result = await fleet.finish()
  report(result, target.devices.length, wish.json, output)
  return judge(result, target.devices.length, output)
}

/** Resolves when every device has reported for the whole duration; rejects when the fleet is lost. */
function ended(fleet: RunningFleet): Promise<void> {
  return new Promise((resolve, reject) => {
    fleet.onEnded(resolve)
    fleet.onFailed(problem => reject(new AppError('fleet/failed', problem)))
  })
}

/** One line a second for a person who watches, one every five seconds for a log. */
function showProgress(fleet: RunningFleet, { devices }: SimulationTarget, output: Output, stack: AsyncDisposableStack): void {
  let stats: FleetStats | undefined
  fleet.onStatus((latest) => {
    stats = latest
  })
  const startedAt = realClock.now()
  const timer = setInterval(() => {
    const seconds = Math.round((realClock.now() - startedAt) / 1000)
    if (stats)
      output.note(`${seconds} s: ${stats.connected} of ${devices.length} connected, ${stats.published} published, ${stats.acknowledged} acknowledged, ${Math.round(stats.publishedPerSec)}/s`)
  }, output.watched ? watchedProgressMs : unwatchedProgressMs)
  stack.defer(() => clearInterval(timer))
}

function report({ connected, published, acknowledged, lost, latencyMs, errors, conversation, updates }: FleetResult, devices: number, json: boolean, output: Output): void {
  if (json)
    return output.json({ connected, published, acknowledged, lost, latencyMs: { ...latencyMs }, errors, conversation, updates })
  const rows: [string, string][] = [
    ['Connected', `${connected} of ${devices}`],
    ['Published', String(published)],
    ['Acknowledged', String(acknowledged)],
    ['Lost', String(lost)],
    ['Latency', `p50 ${latencyMs.p50} ms, p95 ${latencyMs.p95} ms, p99 ${latencyMs.p99} ms`],
    ...conversationCounters.filter(name => conversation[name] > 0).map((name): [string, string] => [conversationWords[name], String(conversation[name])]),
    ...updateCounters.filter(name => updates[name] > 0).map((name): [string, string] => [updateWords[name], String(updates[name])]),
    ...Object.entries(errors).map(([cause, count]): [string, string] => ['Error', `${count} × ${cause}`]),
  ]
  for (const [name, value] of rows)
    output.line(`${name.padEnd(12)}  ${value}`)
}

function judge({ connected, lost, errors }: FleetResult, devices: number, output: Output): number {
  const problems = [
    ...(connected < devices ? [`${devices - connected} of ${devices} devices never connected`] : []),
    ...(lost > 0 ? [`${lost} messages were never acknowledged`] : []),
  ]
  if (problems.length === 0)
    return 0
  const [worst] = Object.entries(errors).sort(([, a], [, b]) => b - a)
  output.note(`${problems.join(' and ')}${worst ? `; most often: ${worst[0]}` : ''}.`)
  return 1
}
