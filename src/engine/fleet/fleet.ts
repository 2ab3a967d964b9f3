import type { Buffer } from 'node:buffer'
import type { ConversationCounts } from '../../shared/contract/fleet-conversation.ts'
import type { UpdateCounts } from '../../shared/contract/fleet-updates.ts'
import type { ScriptCall } from '../script/types.ts'
import type { BehaviourPlan } from './behaviour/behaviour-plan.ts'
import type { Command } from './conversation/command.ts'
import type { Manner, SpokenMessage } from './conversation/speaker.ts'
import type { Outstanding } from './finishing.ts'
import type { FleetCounters, FleetStart } from './messages.ts'
import type { FleetWorld, SimulatedFleet } from './simulated-fleet.ts'
import type { Deed } from './types.ts'
import { parseTopic } from '../../shared/alink/topic.ts'
import { Beats } from './beats.ts'
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
import { Finishing } from './finishing.ts'
import { connectOf, foreignSubscriptions, reportWriter } from './foreign-ways.ts'
import { Histogram } from './histogram.ts'
import { Life } from './life/life.ts'
import { Links } from './link.ts'
import { noCounters } from './no-counters.ts'
import { refusalCause } from './refusal-cause.ts'
import { Reports } from './report/reports.ts'
import { SocketQueues } from './socket-queue.ts'
import { SteeredDevices } from './steering.ts'
import { createTick } from './tick.ts'
import { Trouble } from './trouble.ts'
import { Downloads } from './updates/downloads.ts'
import { pageOfAccounts, Upkeep } from './updates/upkeep.ts'
import { Utterances } from './utterances.ts'

/** A fleet that is later than this, or than one interval if that is longer, leaves reports out instead of catching up. */
const catchUpMsMax = 1_000
/** Delayed answers that may go out between two looks at the sockets. */
const laterPerTickMax = 1_000

/** Starts a fleet: devices connect at once, and each reports first at a seeded offset within its first interval. */
export function createFleet(start: FleetStart, world: FleetWorld): SimulatedFleet {
  const { clock } = world
  const startedAt = clock.now()
  let { intervalMs, qos, model, behaviours, conversation: settings, updates, config } = start
  const { durationMs } = start

  const errors = new CauseCounts()
  const planNow = (): BehaviourPlan => compileBehaviours(model, behaviours, { scripts: world.valueScripts?.(), onProblem: cause => errors.count(cause) })
  const devices = new Devices(start.seed, planNow(), reportWriter(start, () => clock.now()))
  const beats = new Beats(durationMs)

  const counters = noCounters()
  /** Messages that the platform replies to. */
  let asked = 0
  const latency = new Histogram()
  let reportedCells = -1
  const finishing = new Finishing()

  const elapsedMs = (index: number): number => clock.now() - beats.sinceOf(index)
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
    onAcknowledged,
    onMessage,
    onProblem: cause => errors.count(cause),
  })
  const queues = new SocketQueues(links)
  const ends = new Ends(() => clock.now(), start.foreign === undefined)
  const utterances = start.hashesTrace ? new Utterances(startedAt) : undefined
  const later = new Later()
  const scripts = new Scripts(world.openScripts)
  const downloads = new Downloads({ clock, max: start.downloadsMax, bytesPerSec: updates.bytesPerSec, tls: broker.tls, carryFile: world.carryFile, work: world.work })
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
  const away = new Set<number>()
  const life = new Life(start.life, { clock, seed, devices, links, elapsedMs, isKeptAway: index => away.has(index), reportIn })
  const reports = new Reports({ report: start.report, conditions: settings.events.conditions, model }, { seed, clock, devices, isOnline, isDown: index => life.downAs(index) !== undefined, publish, links, trouble, startedAt: index => beats.sinceOf(index), tally: (name, by) => { counters[name] += by } })
  const conversation = new Conversation(settings, model, { ...talking, devices, isOnline, elapsedMs, onServed: (index, service) => life.served(index, service) })
  const upkeep = new Upkeep({ updates, config }, { ...talking, devices, isOnline, interrupt: (index, how, backInMs, why) => why === 'restart' ? life.restart(index, how, backInMs ?? 0) : links.interrupt(index, how, backInMs) })
  const steered = new SteeredDevices({ devices, links, life, trouble, away, reportIn, paceChanged, intervalMs: () => intervalMs })
  let subFleet = bringSubDevices(start.subDevices)
  const tick = createTick({
    clock,
    stopwatch: world.stopwatch,
    onTick(now) {
      links.tick(now)
      if (!finishing.hasBegun) {
        life.tick(now)
        later.run(now, laterPerTickMax)
        conversation.tick(now)
        upkeep.tick(now)
        trouble.tick(now)
        reports.tick(now)
        subFleet?.tick(now)
      }
      finishing.look(now, outstanding())
    },
    runDevice,
  })
  addDevices(start.devices)
  links.tick(startedAt)

  function addDevices(added: FleetStart['devices']): void {
    devices.add(added)
    beats.add(added.length)
    trouble.added()
    life.add(added.length)
    links.add(added.length, index => life.downAs(index))
  }

  function truncate(count: number): void {
    for (let index = count; index < devices.length; index++)
      tick.due.remove(index)
    links.truncate(count)
    conversation.truncate(count)
    upkeep.truncate(count)
    utterances?.truncate(count)
    steered.truncate(count)
    life.truncate(count)
    trouble.truncate(count)
    reports.truncate(count)
    devices.truncate(count)
    beats.truncate(count)
  }

  function onOnline(index: number): void {
    if (finishing.hasBegun)
      return
    if (beats.sinceOf(index) === 0) {
      counters.everOnline++
      const now = Math.floor(clock.now())
      devices.begin(index, now)
      beats.begin(index, now, Math.floor(devices.drawOffset(index) * steered.intervalOf(index)))
      const dueAt = beats.dueOf(index)
      if (dueAt !== undefined)
        tick.due.set(index, dueAt)
    }
    reports.online(index)
    if (!life.online(index))
      return
    upkeep.online(index)
    conversation.online(index)
    subFleet?.gatewayOnline(index)
  }

  function onOffline(index: number): void {
    if (reports.offline(index))
      tick.due.set(index, beats.planAt(index, Math.floor(clock.now()) + steered.intervalOf(index)))
    subFleet?.gatewayOffline(index)
  }

  function onAcknowledged(index: number, latencyMs: number): void {
    counters.acknowledged++
    latency.record(latencyMs)
    if (reports.goesOn(index, tick.due.dueOf(index)))
      goOn(index)
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

  function runDevice(index: number, dueAt: number, now: number): number | undefined {
    if (finishing.hasBegun || reports.holdsBack(index))
      return undefined
    const isUp = isOnline(index)
    reports.step(index, beats.nextOf(index), now)
    let steps = 1
    const ownIntervalMs = steered.intervalOf(index)
    const lateMs = now - dueAt - ownIntervalMs
    if (lateMs > Math.max(ownIntervalMs, catchUpMsMax)) {
      // The machine stood still or cannot keep up: go on in the present, keeping to the device's own beat.
      steps += Math.ceil(lateMs / ownIntervalMs)
      counters.skipped += isUp ? steps - 1 : 0
    }
    beats.advance(index, (steps - 1) * ownIntervalMs + reports.distanceOf(index, ownIntervalMs))
    return beats.dueOf(index)
  }

  /** A report that has waited for its broker goes out, and the beat of the device begins anew. */
  function goOn(index: number): void {
    const now = Math.floor(clock.now())
    const dueAt = runDevice(index, beats.planAt(index, now), now)
    if (dueAt !== undefined)
      tick.due.set(index, dueAt)
  }

  function isOnline(index: number): boolean {
    return links.cells.is(index, 'online')
  }

  function send(index: number, message: SpokenMessage, manner: Manner): boolean {
    if (finishing.hasBegun || !isOnline(index))
      return false
    if (!links.hasRoom(index)) {
      counters.skipped++
      return false
    }
    publish(index, message, manner, clock.now())
    if (manner === 'report')
      reports.spoke(index, message)
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
    tick.due.reschedule((index, dueAt) => steered.hasOwnPace(index) ? dueAt : beats.planAt(index, now + Math.max(0, dueAt - now) * scale))
  }

  function reportIn(index: number, ms: number): void {
    if (tick.due.dueOf(index) !== undefined)
      tick.due.set(index, beats.planAt(index, Math.floor(clock.now()) + ms))
  }

  function paceChanged(index: number, fromMs: number, toMs: number): void {
    const dueAt = tick.due.dueOf(index)
    if (dueAt !== undefined)
      reportIn(index, Math.max(0, dueAt - Math.floor(clock.now())) * toMs / fromMs)
  }

  function outstanding(): Outstanding {
    return { inflight: links.inflight, replied: counters.replied, asked }
  }

  return {
    update(update) {
      if (finishing.hasBegun)
        return
      links.setPace(update)
      qos = update.qos ?? qos
      if (update.intervalMs !== undefined && update.intervalMs !== intervalMs)
        changeInterval(update.intervalMs)
      if (update.behaviours !== undefined || update.model !== undefined) {
        devices.release(changedKeys(behaviours, update.behaviours ?? behaviours))
        behaviours = update.behaviours ?? behaviours
        model = update.model ?? model
        devices.setPlan(planNow())
      }
      if (update.conversation !== undefined || update.model !== undefined) {
        settings = update.conversation ?? settings
        conversation.update(settings, model)
        subFleet?.update(settings)
      }
      trouble.update(update)
      reports.update({ ...update.report && { report: update.report }, conditions: settings.events.conditions, model })
      if (update.life !== undefined)
        life.update(update.life)
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
        life: life.counts(),
        cells,
        memoryBytes: world.memoryBytes(),
        cpuPercent: world.cpuPercent?.() ?? 0,
        queue: queues.at(clock.now()),
      }
    },
    updateAccounts: ask => pageOfAccounts([upkeep, ...(subFleet === undefined ? [] : [subFleet.upkeep])], ask),
    ends: asks => asks.map(ask => ends.find(ask)),
    said: () => utterances === undefined ? null : Array.from({ length: devices.length }, (_, index) => ({ deviceName: devices.at(index).deviceName, digest: utterances.of(index) })),
    finish() {
      links.stopConnecting()
      const now = clock.now()
      if (!finishing.hasBegun)
        reports.finish(now)
      return finishing.begin(now, outstanding())
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
