import type { Buffer } from 'node:buffer'
import type { SystemKind } from '../../../shared/alink/system-topics.ts'
import type { Topic } from '../../../shared/alink/topic.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { Conversation as Settings } from '../../../shared/contract/fleet-conversation.ts'
import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import type { ThingModel } from '../../../shared/thing-model/types.ts'
import type { ScriptCall, ScriptRun } from '../../script/types.ts'
import type { Random } from '../behaviour/random-streams.ts'
import type { Devices } from '../device.ts'
import type { Deed } from '../types.ts'
import type { Act } from './acts.ts'
import type { Command, Wish } from './command.ts'
import type { Answers } from './replies.ts'
import type { Send, Tally } from './speaker.ts'
import { parseReply, parseRequest } from '../../../shared/alink/envelope.ts'
import { buildEventPost } from '../../../shared/alink/event.ts'
import { buildNtpRequest, ntpRequestTopic, timeFromNtp } from '../../../shared/alink/ntp.ts'
import { buildRequest } from '../../../shared/alink/request.ts'
import { buildTopic } from '../../../shared/alink/topic.ts'
import { isJsonObject, toNumber } from '../../../shared/json.ts'
import { limits } from '../../../shared/limits.ts'
import { createRandom, RandomStreams } from '../behaviour/random-streams.ts'
import { Acts } from './acts.ts'
import { readCommand } from './command.ts'
import { drawLogLine } from './log-lines.ts'
import { Performer } from './performer.ts'
import { Radios } from './radio.ts'
import { answersTo, delayMsOf, repliesOf, replyTo } from './replies.ts'
import { readScriptAnswer, scriptArgument, scriptFunction } from './script-answer.ts'

export interface ConversationWorld {
  clock: Clock
  seed: number
  devices: Devices
  isOnline: (index: number) => boolean
  /** A device's own time since it first came online, milliseconds. */
  elapsedMs: (index: number) => number
  send: Send
  tally: Tally
  /** Runs something once and later; false when too much waits already. */
  later: (dueAt: number, run: () => void) => boolean
  runScript: (call: ScriptCall) => Promise<ScriptRun>
  /** What a device does with a command: it `waits` when it has just come. */
  onCommand?: (command: Command, deed: Deed) => void
  /** A device has done what a service asks for, and said so. */
  onServed?: (index: number, service: string) => void
  /** Something went wrong, in words that are the same for the same cause. */
  onProblem: (cause: string) => void
}

/** Acts that may run between two looks at the sockets. */
const actsPerTickMax = 1_000

/**
 * What the devices of one product say beside their property posts, and how they answer (Alink 5 and 7.1 to 7.5). Nothing
 * here waits for an answer: with a platform that never says a word, devices go on all the same. What a device remembers
 * of a conversation is kept from the moment it is needed.
 */
export class Conversation {
  readonly #world: ConversationWorld
  #settings: Settings
  #performer: Performer
  readonly #acts = new Acts()
  readonly #radios: Radios
  /** One stream a device for what it does by itself; filled as devices come online. */
  readonly #streams: RandomStreams
  /** By device index: how many commands it has had, so that each answer has a seed of its own. */
  readonly #commandCounts = new Map<number, number>()
  /** Devices that the platform has told to report their log. */
  readonly #logging = new Set<number>()
  /** By device index: the platform's clock minus ours, milliseconds. */
  readonly #clockOffsets = new Map<number, number>()
  /** Devices that have been online. */
  readonly #greeted = new Set<number>()

  constructor(settings: Settings, model: ThingModel, world: ConversationWorld) {
    this.#world = world
    this.#settings = settings
    this.#performer = new Performer(world.devices, model)
    this.#radios = new Radios(settings.networkStatus.quality)
    this.#streams = new RandomStreams(world.seed ^ 0x5EED_AC75)
    this.#acts.set(actsOf(settings, this.#performer))
  }

  /** Changes what is said, and how; what devices do by themselves is planned anew. */
  update(settings: Settings, model: ThingModel): void {
    this.#settings = settings
    this.#performer = new Performer(this.#world.devices, model)
    this.#radios.quality = settings.networkStatus.quality
    this.#acts.set(actsOf(settings, this.#performer))
    const now = this.#world.clock.now()
    for (const index of this.#greeted)
      this.#acts.start(index, now, this.#streamOf(index))
    if (settings.logs.perHour > 0)
      this.#greeted.forEach(index => this.#askForLogSwitch(index))
  }

  /** Forgets the devices from `count` on. */
  truncate(count: number): void {
    for (const index of this.#greeted) {
      if (index < count)
        continue
      this.#acts.stop(index)
      for (const memory of [this.#greeted, this.#logging, this.#commandCounts, this.#clockOffsets])
        memory.delete(index)
    }
    this.#radios.truncate(count)
    this.#streams.truncate(count)
  }

  /** What a device says right after it has come online; its tags only once. */
  online(index: number): void {
    const { desired, ntp } = this.#settings
    const device = this.#world.devices.at(index)
    if (desired) {
      const { writable } = this.#performer
      for (let from = 0; from < writable.length; from += limits.desiredPerRequestMax)
        this.#request(index, 'desired.get', writable.slice(from, from + limits.desiredPerRequestMax))
    }
    if (ntp)
      this.#world.send(index, { topic: ntpRequestTopic(device), payload: buildNtpRequest(Math.round(this.#world.clock.now())) }, 'instant')
    this.#askForLogSwitch(index)
    if (this.#greeted.has(index)) {
      this.#radios.linkLost(index)
      return
    }
    this.#greeted.add(index)
    this.#reportTags(index)
    if (!this.#acts.isEmpty)
      this.#acts.start(index, this.#world.clock.now(), this.#streamOf(index))
  }

  /** Takes a message of the platform that is no mere answer to a report. Anything may come. */
  received(index: number, topic: Topic, topicText: string, payload: Buffer): void {
    const command = readCommand(topic, topicText, payload)
    if (command) {
      this.#world.tally('commands', 1)
      return this.#take(index, command)
    }
    switch (topic.kind) {
      case 'desired.get':
        return this.#applyDesired(index, parseReply(payload.toString('utf8'))?.data)
      case 'log.configGet':
        return this.#switchLog(index, parseReply(payload.toString('utf8'))?.data)
      case 'log.configPush':
        return this.#switchLog(index, parseRequest(payload.toString('utf8')).request?.params)
      case 'ntp.response':
        return this.#setClock(index, payload.toString('utf8'))
      case 'broadcast':
      case 'broadcast.request':
        return this.#world.tally('broadcasts', 1)
      case 'custom':
        return this.#world.tally('customMessages', 1)
    }
  }

  /** Lets the devices do what is due by now. */
  tick(now: number): void {
    if (!this.#acts.isEmpty)
      this.#acts.run(now, actsPerTickMax, index => this.#streamOf(index), (index, act, at) => this.#act(index, act, at))
  }

  // --- Answers ---

  #take(index: number, command: Command): void {
    const replies = repliesOf(this.#settings, this.#world.devices.at(index).deviceName)
    this.#world.onCommand?.(command, replies.mode === 'silent' ? 'ignored' : 'waits')
    if (replies.mode === 'silent')
      return
    this.#afterDelay(delayMsOf(replies, () => this.#answerRandom(index)), () => this.#answer(index, command))
  }

  #afterDelay(delayMs: number, run: () => void): void {
    if (delayMs === 0)
      run()
    else if (!this.#world.later(this.#world.clock.now() + delayMs, run))
      this.#world.onProblem('too many commands wait for their delayed answer')
  }

  #answer(index: number, command: Command): void {
    const { clock, devices, elapsedMs } = this.#world
    if (!this.#isThere(index))
      return
    const replies = repliesOf(this.#settings, devices.at(index).deviceName)
    const { wish } = command
    if (replies.mode === 'script' && wish.kind !== 'raw')
      void this.#answerByScript(index, command, wish, replies.script)
    else
      this.#say(index, command, answersTo(command, replies, known => this.#performer.perform(index, known, this.#answerRandom(index), clock.now(), elapsedMs(index))))
  }

  /** A device that is away by now has never seen the command. */
  #isThere(index: number): boolean {
    return index < this.#world.devices.length && this.#world.isOnline(index)
  }

  #say(index: number, command: Command, { messages, changed, deed }: Answers): void {
    this.#world.onCommand?.(command, deed)
    for (const message of command.wantsReply ? messages : []) {
      if (this.#world.send(index, message, command.isRrpc ? 'instant' : 'plain'))
        this.#world.tally('answered', 1)
    }
    if (changed !== undefined && Object.keys(changed).length > 0)
      this.#world.send(index, this.#world.devices.postOf(index, changed), 'report')
    if (deed === 'applied' && command.wish.kind === 'service')
      this.#world.onServed?.(index, command.wish.key)
  }

  async #answerByScript(index: number, command: Command, wish: Exclude<Wish, { kind: 'raw' }>, text: string): Promise<void> {
    const { clock, devices, elapsedMs, runScript, onProblem } = this.#world
    const { deviceName } = devices.at(index)
    const argument = scriptArgument(deviceName, wish, devices.peek(index, elapsedMs(index), this.#answerRandom(index)))
    // Nothing stays between two runs, so all devices share one compiled script.
    const scriptId = Object.hasOwn(this.#settings.repliesOf, deviceName) ? deviceName : ''
    const run = await runScript({ scriptId, text, functionName: scriptFunction, args: [argument], now: clock.now() })
    const { answer, problem } = readScriptAnswer(run, wish)
    if (problem !== undefined)
      onProblem(problem)
    if (answer === undefined)
      return
    this.#afterDelay(answer.delayMs, () => {
      if (!this.#isThere(index))
        return
      const changed = this.#performer.takeOver(index, answer.set)
      this.#say(index, command, { messages: [replyTo(command, answer.code, answer.data)], changed, deed: answer.code === 200 ? 'applied' : 'refused' })
    })
  }

  /** Made from the number of the command, so that the same commands get the same answers in every run. */
  #answerRandom(index: number): Random {
    const count = this.#commandCounts.get(index) ?? 0
    this.#commandCounts.set(index, count + 1)
    return createRandom(this.#world.seed, `${this.#world.devices.at(index).deviceName} answers ${count}`)
  }

  // --- Desired values, tags, log switch, clock ---

  #request(index: number, kind: SystemKind, params: JsonValue): boolean {
    const { productKey, deviceName } = this.#world.devices.at(index)
    const topic = buildTopic({ kind, productKey, deviceName, reply: false })
    return this.#world.send(index, buildRequest(topic, this.#world.devices.nextId(index), params), 'report')
  }

  /** Takes over the desired values that fit, reports them, and deletes exactly the versions it has taken over (Alink 5.5). */
  #applyDesired(index: number, data: JsonValue | undefined): void {
    if (!isJsonObject(data) || !this.#settings.desired)
      return
    const wanted: JsonObject = {}
    const versions: JsonObject = {}
    for (const [key, entry] of Object.entries(data)) {
      if (isJsonObject(entry) && entry.value !== undefined && typeof entry.version === 'number') {
        wanted[key] = entry.value
        versions[key] = { version: entry.version }
      }
    }
    const values = this.#performer.fitting(wanted)
    const taken = Object.keys(values)
    if (taken.length < Object.keys(wanted).length)
      this.#world.onProblem('a desired value does not fit the thing model and was left')
    if (taken.length === 0)
      return
    this.#world.devices.hold(index, values)
    this.#world.tally('desiredApplied', taken.length)
    this.#world.send(index, this.#world.devices.postOf(index, values), 'report')
    this.#request(index, 'desired.delete', Object.fromEntries(taken.map(key => [key, versions[key]!])))
  }

  #reportTags(index: number): void {
    const tags = Object.entries(this.#settings.tags)
    if (tags.length === 0)
      return
    const random = createRandom(this.#world.seed, `${this.#world.devices.at(index).deviceName} tags`)
    this.#request(index, 'tag.update', tags.map(([attrKey, value]) => {
      const choices = value.split('|')
      return { attrKey, attrValue: choices[Math.floor(random.next() * choices.length)]! }
    }))
  }

  #askForLogSwitch(index: number): void {
    const { perHour, obeySwitch } = this.#settings.logs
    if (perHour > 0 && obeySwitch && this.#world.isOnline(index))
      this.#request(index, 'log.configGet', { configScope: 'device', getType: 'content' })
  }

  /** Mode 1: report the log; 0: do not (Alink 7.3). */
  #switchLog(index: number, data: JsonValue | undefined): void {
    const content = isJsonObject(data) ? data.content : undefined
    if (!isJsonObject(content) || content.mode === undefined)
      return
    if (toNumber(content.mode) === 1)
      this.#logging.add(index)
    else
      this.#logging.delete(index)
  }

  #setClock(index: number, text: string): void {
    const now = this.#world.clock.now()
    const time = timeFromNtp(text, now)
    if (time === null)
      return this.#world.onProblem('the answer to a question for the time cannot be read')
    this.#clockOffsets.set(index, Math.round(time - now))
    this.#world.tally('clockAnswers', 1)
  }

  /** What a device's clock shows, corrected by the platform's if it has asked. */
  #timeOf(index: number, at: number): number {
    return Math.round(at) + (this.#clockOffsets.get(index) ?? 0)
  }

  // --- What devices do by themselves ---

  /** Everything is drawn whether the device is online or not, so that a lost link does not change what comes after. */
  #act(index: number, act: Act, at: number): void {
    const { devices, isOnline, send, tally } = this.#world
    const random = this.#streamOf(index)
    const time = this.#timeOf(index, at)
    switch (act.kind) {
      case 'event': {
        const output = this.#performer.eventOutput(act.key, random, time)
        if (isOnline(index) && send(index, buildEventPost({ ...devices.at(index), id: devices.nextId(index), key: act.key, output, time }), 'report'))
          tally('events', 1)
        break
      }
      case 'log': {
        const { level, obeySwitch } = this.#settings.logs
        const line = drawLogLine(random, level, time)
        if (isOnline(index) && (!obeySwitch || this.#logging.has(index)) && this.#request(index, 'log.post', [line]))
          tally('logLines', 1)
        break
      }
      case 'network': {
        const wifi = this.#radios.measure(index, random)
        if (isOnline(index) && this.#request(index, 'network.post', { p: { wifi, _time: time }, model: 'format=simple|quantity=single|time=now' }))
          tally('networkReports', 1)
      }
    }
  }

  #streamOf(index: number): Random {
    while (this.#streams.length <= index)
      this.#streams.add(this.#world.devices.at(this.#streams.length).deviceName)
    return this.#streams.of(index)
  }
}

function actsOf({ events, logs, networkStatus }: Settings, performer: Performer): Act[] {
  return [
    ...performer.events
      .map(key => ({ kind: 'event' as const, key, perHour: Object.hasOwn(events.ratesPerHour, key) ? events.ratesPerHour[key]! : events.perHour }))
      .filter(({ perHour }) => perHour > 0),
    ...(logs.perHour > 0 ? [{ kind: 'log' as const, perHour: logs.perHour }] : []),
    ...(networkStatus.everySec > 0 ? [{ kind: 'network' as const, everyMs: networkStatus.everySec * 1000 }] : []),
  ]
}
