import type { Buffer } from 'node:buffer'
import type { ConversationCounts } from '../../shared/contract/fleet-conversation.ts'
import type { UpdateCounts } from '../../shared/contract/fleet-updates.ts'
import type { ScriptCall } from '../script/types.ts'
import type { Command } from './conversation/command.ts'
import type { Manner, SpokenMessage } from './conversation/speaker.ts'
import type { FleetCounters, FleetStart } from './messages.ts'
import type { FleetWorld, SimulatedFleet } from './simulated-fleet.ts'
import type { Deed } from './types.ts'
import { parseTopic } from '../../shared/alink/topic.ts'
import { compileBehaviours } from './behaviour/behaviour-plan.ts'
import { CauseCounts } from './cause-counts.ts'
import { changedKeys } from './changed-keys.ts'
import { Conversation } from './conversation/conversation.ts'
import { Later } from './conversation/later.ts'
import { isReply, readReplyCode } from './conversation/reply-code.ts'
import { Scripts } from './conversation/scripts.ts'
import { SubFleet } from './conversation/sub-fleet.ts'
import { subscriptionsOf } from './conversation/subscriptions.ts'
import { Devices } from './device.ts'
import { Ends } from './ends.ts'
import { connectOf, foreignSubscriptions, reportWriter } from './foreign-ways.ts'
import { Histogram } from './histogram.ts'
import { Links } from './link.ts'
import { noCounters } from './no-counters.ts'
import { refusalCause } from './refusal-cause.ts'
import { SocketQueues } from './socket-queue.ts'
import { SteeredDevices } from './steering.ts'
import { createTick } from './tick.ts'
import { Trouble } from './trouble.ts'
import { Downloads } from './updates/downloads.ts'
import { pageOfAccounts, Upkeep } from './updates/upkeep.ts'
import { Utterances } from './utterances.ts'

/** A fleet that is later than this, or than one interval if that is longer, leaves reports out instead of catching up. */
const catchUpMsMax = 1_000
/** How long a finishing fleet waits for acknowledgements, and then for replies. */
const acknowledgeMsMax = 10_000
const replyMsMax = 1_000
/** Delayed answers that may go out between two looks at the sockets. */
const laterPerTickMax = 1_000

/** Starts a fleet: devices connect at once, and each reports first at a seeded offset within its first interval. */
export function createFleet(start: FleetStart, world: FleetWorld): SimulatedFleet {
  const { clock } = world
  const startedAt = clock.now()
  let { intervalMs, qos, model, behaviours, conversation: settings, updates, config } = start
  const { durationMs } = start

  const devices = new Devices(start.seed, compileBehaviours(model, behaviours), reportWriter(start, () => clock.now()))
  /** By device index: when it first came online (0: never), and its own time of its next report. */
  const onlineSince: number[] = []
  const nextElapsed: number[] = []

  const counters = noCounters()
  /** Messages that the platform replies to. */
  let asked = 0
  const errors = new CauseCounts()
  const latency = new Histogram()
  let reportedCells = -1
  let finishing: { acknowledgeUntil: number, replyUntil: number, resolve: () => void } | undefined

  const elapsedMs = (index: number): number => clock.now() - onlineSince[index]!
  const trouble = new Trouble(start, world, { devices, isOnline, elapsedMs, publish: (index, message, manner) => publish(index, message, manner, clock.now()) })
  const { broker, connectPerSec, handshakesMax, spreadSources, subscribe, seed } = start
  const links = new Links({
    broker,
    dial: (options, index) => trouble.network.dial(options, index),
    connectPerSec,
    handshakesMax,
    spreadSources,
    connectOf: index => connectOf(start, devices.at(index), index),
    seed,
    clock,
    stopwatch: world.stopwatch,
    subscriptionsOf: index => [...subscriptionsOf(devices.at(index), { toReplies: subscribe, more: settings.subscriptions }), ...foreignSubscriptions(start, devices.at(index), index)],
  }, {
    onOnline,
    onOffline,
    onAcknowledged(latencyMs) {
      counters.acknowledged++
      latency.record(latencyMs)
    },
    onMessage,
    onProblem: cause => errors.count(cause),
  })
  const queues = new SocketQueues(links)
  const ends = new Ends(() => clock.now(), start.subscribe)
  const utterances = start.hashesTrace ? new Utterances(startedAt) : undefined
  const later = new Later()
  const scripts = new Scripts(world.openScripts)
  const downloads = new Downloads({ clock, max: start.downloadsMax, bytesPerSec: updates.bytesPerSec, tls: broker.tls, work: world.work })
  const talking = {
    clock,
    seed,
    send,
    tally: (name: keyof ConversationCounts, by: number) => { counters[name] += by },
    later: (dueAt: number, run: () => void) => later.add(dueAt, run),
    onProblem: (cause: string) => errors.count(cause),
    runScript: (call: ScriptCall) => scripts.run(call),
    tallyUpdates: (name: keyof UpdateCounts, by: number) => { counters[name] += by },
    downloads,
    onCommand: ({ topic, idText }: Command, deed: Deed) => ends.did(topic, idText, deed),
  }
  const conversation = new Conversation(settings, model, { ...talking, devices, isOnline, elapsedMs })
  const upkeep = new Upkeep({ updates, config }, { ...talking, devices, isOnline, interrupt: (index, how, backInMs) => links.interrupt(index, how, backInMs) })
  const steered = new SteeredDevices({ devices, links, trouble, reportIn, paceChanged, intervalMs: () => intervalMs })
  let subFleet = bringSubDevices(start.subDevices)
  const tick = createTick({
    clock,
    stopwatch: world.stopwatch,
    onTick(now) {
      links.tick(now)
      if (finishing === undefined) {
        later.run(now, laterPerTickMax)
        conversation.tick(now)
        upkeep.tick(now)
        trouble.tick(now)
        subFleet?.tick(now)
      }
      checkFinished(now)
    },
    runDevice,
  })
  addDevices(start.devices)
  links.tick(startedAt)

  function addDevices(added: FleetStart['devices']): void {
    devices.add(added)
    for (let count = added.length; count > 0; count--) {
      onlineSince.push(0)
      nextElapsed.push(0)
    }
    trouble.added()
    links.add(added.length)
  }

  function truncate(count: number): void {
    for (let index = count; index < devices.length; index++)
      tick.due.remove(index)
    links.truncate(count)
    conversation.truncate(count)
    upkeep.truncate(count)
    utterances?.truncate(count)
    steered.truncate(count)
    trouble.truncate(count)
    devices.truncate(count)
    onlineSince.length = Math.min(onlineSince.length, count)
    nextElapsed.length = onlineSince.length
  }

  /** A device's own time begins when it first comes online and goes on whatever happens to its link. */
  function onOnline(index: number): void {
    if (finishing !== undefined)
      return
    if (onlineSince[index] === 0) {
      counters.everOnline++
      onlineSince[index] = Math.floor(clock.now())
      devices.begin(index, onlineSince[index])
      nextElapsed[index] = Math.floor(devices.drawOffset(index) * steered.intervalOf(index))
      const dueAt = nextDueOf(index)
      if (dueAt !== undefined)
        tick.due.set(index, dueAt)
    }
    upkeep.online(index)
    conversation.online(index)
    subFleet?.gatewayOnline(index)
  }

  function onOffline(index: number): void {
    subFleet?.gatewayOffline(index)
  }

  function onMessage(index: number, topicText: string, payload: Buffer): void {
    // Thousands a second answer a report, and of those only the code matters.
    if (topicText.endsWith('/post_reply'))
      return takeReply(index, topicText, payload)
    const topic = parseTopic(topicText)
    if (isReply(topic))
      takeReply(index, topicText, payload)
    if (!subFleet?.received(index, topic, topicText, payload) && !upkeep.received(index, topic, payload))
      conversation.received(index, topic, topicText, payload)
  }

  function bringSubDevices(subDevices: FleetStart['subDevices']): SubFleet | undefined {
    return subDevices === null
      ? undefined
      : new SubFleet(subDevices, settings, { updates, config }, { ...talking, gateways: devices, isGatewayOnline: isOnline, intervalMs: () => intervalMs })
  }

  /** Those of before leave, and the gateways that are online bring the new ones. */
  function replaceSubDevices(subDevices: FleetStart['subDevices']): void {
    subFleet?.close()
    subFleet = bringSubDevices(subDevices)
    for (let index = 0; index < devices.length; index++) {
      if (isOnline(index))
        subFleet?.gatewayOnline(index)
    }
  }

  /** Undefined when the device has reported for its whole duration. */
  function nextDueOf(index: number): number | undefined {
    const elapsedMs = nextElapsed[index]!
    return durationMs !== null && elapsedMs >= durationMs ? undefined : onlineSince[index]! + elapsedMs
  }

  function runDevice(index: number, dueAt: number, now: number): number | undefined {
    const elapsedMs = nextElapsed[index]!
    if (finishing !== undefined)
      return undefined
    const isUp = isOnline(index)
    if (isUp)
      reportOrSkip(index, elapsedMs, now)
    let steps = 1
    const ownIntervalMs = steered.intervalOf(index)
    const lateMs = now - dueAt - ownIntervalMs
    if (lateMs > Math.max(ownIntervalMs, catchUpMsMax)) {
      // The machine stood still or cannot keep up: go on in the present, keeping to the device's own beat.
      steps += Math.ceil(lateMs / ownIntervalMs)
      counters.skipped += isUp
        ? steps - 1
        : 0
    }
    nextElapsed[index] = elapsedMs + steps * ownIntervalMs
    return nextDueOf(index)
  }

  function reportOrSkip(index: number, elapsedMs: number, now: number): void {
    if (!links.hasRoom(index)) {
      counters.skipped++
      return
    }
    const message = devices.report(index, elapsedMs)
    if (message !== undefined)
      publish(index, trouble.dated(index, message), 'report', now)
  }

  function isOnline(index: number): boolean {
    return links.cells.is(index, 'online')
  }

  function send(index: number, message: SpokenMessage, manner: Manner): boolean {
    if (finishing !== undefined || !isOnline(index))
      return false
    if (!links.hasRoom(index)) {
      counters.skipped++
      return false
    }
    publish(index, message, manner, clock.now())
    return true
  }

  function publish(index: number, message: SpokenMessage, manner: Manner, now: number): void {
    const messageQos = manner === 'instant' || manner === 'asking' ? 0 : qos
    ends.sent(message.topic, message.payload)
    utterances?.said(index, now, message.topic, message.payload)
    links.publish(index, message, messageQos, now)
    counters.published++
    counters.publishedQos1 += messageQos
    asked += manner === 'report' || manner === 'asking' ? 1 : 0
  }

  function takeReply(index: number, topic: string, payload: Buffer): void {
    const text = payload.toString('latin1')
    const code = readReplyCode(text)
    ends.got(topic, text)
    trouble.answered(index, text, code)
    counters.replied++
    if (code === 200)
      return
    counters.repliedRefused++
    errors.count(refusalCause(topic, code))
  }

  /** What is left of each device's interval shrinks or grows with it, so that the fleet stays spread out. */
  function changeInterval(nextIntervalMs: number): void {
    const now = Math.floor(clock.now())
    const scale = nextIntervalMs / intervalMs
    intervalMs = nextIntervalMs
    subFleet?.intervalChanged(scale)
    tick.due.reschedule((index, dueAt) => steered.hasOwnPace(index) ? dueAt : planAt(index, now + Math.max(0, dueAt - now) * scale))
  }

  /** Notes when a device reports next, and gives it back. */
  function planAt(index: number, dueAt: number): number {
    nextElapsed[index] = dueAt - onlineSince[index]!
    return dueAt
  }

  function reportIn(index: number, ms: number): void {
    if (tick.due.dueOf(index) !== undefined)
      tick.due.set(index, planAt(index, Math.floor(clock.now()) + ms))
  }

  function paceChanged(index: number, fromMs: number, toMs: number): void {
    const dueAt = tick.due.dueOf(index)
    if (dueAt !== undefined)
      reportIn(index, Math.max(0, dueAt - Math.floor(clock.now())) * toMs / fromMs)
  }

  function checkFinished(now: number): void {
    if (finishing === undefined || (links.inflight > 0 && now < finishing.acknowledgeUntil))
      return
    // Only the platform replies, and it does so at once.
    const isReplyMissing = counters.replied > 0 && counters.replied < asked
    if (isReplyMissing && now < finishing.replyUntil)
      return
    finishing.resolve()
  }

  return {
    update(update) {
      if (finishing !== undefined)
        return
      links.setPace(update)
      qos = update.qos ?? qos
      if (update.intervalMs !== undefined && update.intervalMs !== intervalMs)
        changeInterval(update.intervalMs)
      if (update.behaviours !== undefined || update.model !== undefined) {
        devices.release(changedKeys(behaviours, update.behaviours ?? behaviours))
        behaviours = update.behaviours ?? behaviours
        model = update.model ?? model
        devices.setPlan(compileBehaviours(model, behaviours))
      }
      if (update.conversation !== undefined || update.model !== undefined) {
        settings = update.conversation ?? settings
        conversation.update(settings, model)
        subFleet?.update(settings)
      }
      trouble.update(update)
      downloads.setPace({ max: update.downloadsMax, bytesPerSec: update.updates?.bytesPerSec })
      if (update.updates !== undefined || update.config !== undefined) {
        ({ updates = updates, config = config } = update)
        upkeep.update({ updates, config })
        subFleet?.setConducts({ updates, config })
      }
      if (update.keepDevices !== undefined)
        truncate(update.keepDevices)
      if (update.addDevices !== undefined)
        addDevices(update.addDevices)
      if (update.subDevices !== undefined)
        replaceSubDevices(update.subDevices)
    },
    steer: (ranges, steering) => steered.steer(ranges, steering),
    kicked: index => links.kicked(index),
    wake: index => links.wake(index),
    hasEnded() {
      const isDue = durationMs !== null && clock.now() >= startedAt + durationMs
      // A device that has never had its turn to connect still gets its whole time; one that tried in vain does not.
      return isDue && tick.due.size === 0 && links.toConnect === 0
    },
    status() {
      const cells = links.cells.version === reportedCells
        ? null
        : links.cells.toBytes()
      reportedCells = links.cells.version
      return {
        counters: {
          ...counters,
          online: links.cells.countOf('online'),
          connecting: links.cells.countOf('connecting'),
        } satisfies FleetCounters,
        latency: latency.counts,
        replies: ends.replyTimes.counts,
        lateness: tick.lateness.counts,
        errors: errors.toRecord(),
        steered: steered.count(),
        ...trouble.status(devices.length),
        cells,
        memoryBytes: world.memoryBytes(),
        cpuPercent: world.cpuPercent?.() ?? 0,
        queue: queues.at(clock.now()),
      }
    },
    updateAccounts: ask => pageOfAccounts([upkeep, ...(subFleet === undefined ? [] : [subFleet.upkeep])], ask),
    ends: asks => asks.map(ask => ends.find(ask)),
    said: () => utterances === undefined ? null : onlineSince.map((_, index) => ({ deviceName: devices.at(index).deviceName, digest: utterances.of(index) })),
    finish() {
      links.stopConnecting()
      const now = clock.now()
      return new Promise((resolve) => {
        finishing = { acknowledgeUntil: now + acknowledgeMsMax, replyUntil: now + replyMsMax, resolve }
        checkFinished(now)
      })
    },
    async close() {
      tick.close()
      trouble.stop()
      downloads.close()
      await scripts.close()
      await links.close()
      trouble.network.close()
    },
  }
}
