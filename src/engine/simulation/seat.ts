import type { PolicyContent, Seat as PresentSeat, SeatReport, SeatRequest, SeatSubscription, SeatSummary } from '../../shared/contract/device-simulation.ts'
import type { JsonObject, JsonValue } from '../../shared/json.ts'
import type { CompiledModel } from '../../shared/thing-model/compile.ts'
import type { ValidationIssue } from '../../shared/thing-model/issue.ts'
import type { KeptPolicy, SeatSettings } from './rows.ts'
import type { Generate, SeatCommand, SeatDevice, SeatLink, SimulationContext } from './types.ts'
import { Buffer } from 'node:buffer'
import { parseReply } from '../../shared/alink/envelope.ts'
import { buildEventPost } from '../../shared/alink/event.ts'
import { buildPropertyPost, isTimedValue } from '../../shared/alink/property.ts'
import { parseTopic, replyTopic } from '../../shared/alink/topic.ts'
import { AppError } from '../../shared/errors.ts'
import { Inbox } from './inbox.ts'
import { Policies } from './policies.ts'
import { Replies } from './replies.ts'
import { perform, Requests } from './requests.ts'
import { Session } from './session.ts'

const encoder = new TextEncoder()

/** Bytes that are ready to go out; `id` is null when no answer can belong to them. */
export interface Outgoing { topic: string, payload: Uint8Array, id: string | null }

/** A device that the console simulates: its login, what it sends and receives, and what it answers. */
export class Seat {
  readonly device: SeatDevice
  readonly session: Session
  /** Tells whoever watches that something is another than it was. */
  readonly changed: () => void
  readonly inbox = new Inbox()
  readonly requests = new Requests()
  readonly policies: Policies
  readonly #context: SimulationContext
  readonly #replies: Replies
  readonly #generators = new Map<string, { content: PolicyContent, generate: Generate }>()
  readonly #granted = new Map<string, number>()
  settings: SeatSettings
  values: JsonObject = {}
  #sent = 0
  #received = 0
  #nextId = 1

  constructor(context: SimulationContext, device: SeatDevice, settings: SeatSettings, kept: readonly KeptPolicy[], tell: { changed: () => void, seat: () => void, policy: (policy: KeptPolicy) => void }) {
    this.#context = context
    this.device = device
    this.settings = settings
    this.#replies = new Replies(context.clock)
    this.changed = tell.changed
    const onChanged = tell.changed
    this.session = new Session({
      clock: context.clock,
      connect: (token, events) => context.connect(device, token, events),
      makeToken: context.makeId,
      occupant: () => context.occupantOf(device.deviceId),
      returns: () => this.settings.returns,
    }, {
      onOnline: () => this.#online(),
      onOffline: () => this.#offline(),
      onMessage: (topic, payload, qos) => this.#receive(topic, payload, qos),
      onTaken: ({ by, remoteAddress }) => {
        const words = { real: 'a real device', fleet: 'a device of a fleet', replay: 'a replay of a recording', gateway: 'a gateway that speaks for it' }
        context.record(device.deviceId, 'simulation', { message: `The seat of the simulated device was taken by ${words[by]} from ${remoteAddress}.`, by, remoteAddress })
        tell.seat()
      },
      onChanged,
    })
    this.policies = new Policies({
      clock: context.clock,
      isOnline: () => this.session.link !== undefined,
      send: (policyId, content, elapsedMs, onRefused) => this.#push(policyId, content, elapsedMs, onRefused),
      onKept: tell.policy,
      onChanged,
    }, kept)
  }

  get model(): CompiledModel | null {
    return this.#context.modelOf(this.device.productKey)
  }

  present(): Omit<PresentSeat, 'obstacle' | 'beyondCloud'> {
    const { settings: { returns, answers, subscriptions }, values } = this
    return {
      ...this.#head(),
      returns,
      answers,
      values,
      subscriptions: subscriptions.map(({ filter, qos }) => ({ filter, qos, granted: this.#granted.get(filter) ?? null })),
      policies: this.policies.list(),
      requests: this.requests.list(),
    }
  }

  summary(): SeatSummary {
    return { ...this.#head(), policies: this.policies.size, pendingRequests: this.requests.pending }
  }

  // --- Up ---

  /** The next report of these values, as the product's devices write it. */
  async propertyPost(properties: JsonObject): Promise<Outgoing> {
    const { productKey, deviceName } = this.device
    const id = String(this.#nextId++)
    return this.#encode(buildPropertyPost({ productKey, deviceName, id, properties }), id)
  }

  async eventPost(key: string, output: JsonObject): Promise<Outgoing> {
    const { productKey, deviceName } = this.device
    const id = String(this.#nextId++)
    return this.#encode(buildEventPost({ productKey, deviceName, id, key, output }), id)
  }

  /** Values that the device has reported, or taken over. */
  became(properties: JsonObject): void {
    const bare = Object.entries(properties).map(([name, value]): [string, JsonValue] => [name, isTimedValue(value) ? value.value : value])
    this.values = { ...this.values, ...Object.fromEntries(bare) }
  }

  /** Sends a message and waits for what the platform makes of it. Throws AppError simulation/not-running or limit/reached. */
  async send({ topic, payload, id }: Outgoing, qos: 0 | 1, issues: ValidationIssue[] = []): Promise<SeatReport> {
    const link = this.requireLink()
    if (!link.hasRoom)
      throw new AppError('limit/reached', 'The connection of the simulated device is full: the platform has not taken what was sent before.')
    const sentAt = this.#context.clock.now()
    let acknowledgedMs: number | null = null
    const answered = id === null ? null : this.#replies.wait(replyTopic(topic), id)
    const acknowledged = new Promise<void>((resolve) => {
      if (qos === 0)
        resolve()
      link.publish(topic, payload, qos, () => {
        acknowledgedMs = this.#context.clock.now() - sentAt
        resolve()
      })
    })
    this.#sent++
    this.changed()
    const reply = answered === null ? await this.#replies.within(acknowledged) : await answered
    return { messageId: id, topic, payloadBase64: Buffer.from(payload).toString('base64'), qos, sentAt, acknowledgedMs, reply, issues }
  }

  async subscribe(filter: string, qos: 0 | 1): Promise<SeatSubscription> {
    const granted = await this.requireLink().subscribe(filter, qos)
    if (granted === undefined)
      throw new AppError('simulation/not-running', 'The connection of the simulated device ended before the platform had answered.')
    this.#granted.set(filter, granted)
    this.changed()
    return { filter, qos, granted }
  }

  requireLink(): SeatLink {
    const { link, state } = this.session
    if (link === undefined)
      throw new AppError('simulation/not-running', `The device ${this.device.deviceName} is not simulated at the moment: its seat is ${state}.`, { state })
    return link
  }

  // --- Down ---

  /** Answers a pending request. */
  answer(requestNo: number, code: number | null, data: JsonValue, bytes?: Uint8Array): SeatRequest {
    const command = this.requests.commandOf(requestNo)
    const link = this.requireLink()
    link.publish(command.replyTopic, bytes ?? this.#context.replyText(command, code ?? 200, data), command.isRrpc ? 0 : 1)
    this.#sent++
    const request = this.requests.answered(requestNo, this.#context.clock.now(), code, data)
    this.changed()
    return request
  }

  close(): void {
    this.session.close()
    this.policies.close()
    this.#replies.close()
  }

  #head(): Pick<PresentSeat, 'productKey' | 'deviceName' | 'state' | 'stateAt' | 'problem' | 'swap' | 'sent' | 'received'> {
    const { device: { productKey, deviceName }, session: { state, stateAt, problem, swap } } = this
    return { productKey, deviceName, state, stateAt, problem, swap, sent: this.#sent, received: this.#received }
  }

  #online(): void {
    for (const { filter, qos } of this.settings.subscriptions)
      void this.subscribe(filter, qos).catch(error => this.#context.log.debug('a subscription of a simulated device came to nothing', { filter, error: String(error) }))
    this.policies.onlineChanged()
  }

  #offline(): void {
    this.#granted.clear()
    this.#replies.close()
    this.policies.onlineChanged()
  }

  async #encode({ topic, payload }: { topic: string, payload: string }, id: string): Promise<Outgoing> {
    const { productKey, deviceName } = this.device
    if (!this.#context.isRaw(productKey))
      return { topic, payload: encoder.encode(payload), id }
    return { topic: `/sys/${productKey}/${deviceName}/thing/model/up_raw`, payload: await this.#context.toRaw(productKey, payload), id: null }
  }

  /** Sends a message of a policy, without waiting for anything. */
  #push(policyId: string, content: PolicyContent, elapsedMs: number, onRefused: (problem: string) => void): boolean {
    if (this.session.link?.hasRoom !== true)
      return false
    void this.#write(policyId, content, elapsedMs).then(async ({ message, qos }) => {
      const { reply } = await this.send(message, qos)
      if (reply !== null && reply.code !== 200)
        onRefused(`The platform answered ${reply.code}: ${reply.message}`)
    }).catch(error => onRefused(error instanceof Error ? error.message : String(error)))
    return true
  }

  async #write(policyId: string, content: PolicyContent, elapsedMs: number): Promise<{ message: Outgoing, qos: 0 | 1 }> {
    if (content.kind === 'publish')
      return { message: { topic: content.topic, payload: Buffer.from(content.payloadBase64, 'base64'), id: null }, qos: content.qos }
    let known = this.#generators.get(policyId)
    if (known?.content !== content) {
      known = { content, generate: this.#context.generator(this.device.productKey, content, `${this.device.deviceName} ${policyId}`) }
      this.#generators.set(policyId, known)
    }
    const made = known.generate(elapsedMs, this.values)
    if (content.kind === 'event')
      return { message: await this.eventPost(content.event, made), qos: 1 }
    this.became(made)
    return { message: await this.propertyPost(made), qos: 1 }
  }

  #receive(topic: string, payload: Buffer, qos: 0 | 1): void {
    const at = this.#context.clock.now()
    this.#received++
    if (topic.endsWith('_reply')) {
      const reply = parseReply(payload.toString('utf8'))
      if (reply)
        this.#replies.take(topic, reply)
      return
    }
    const command = this.#readCommand(topic, payload)
    const requestNo = command ? this.requests.add(at, topic, command, payload) : null
    this.inbox.add(at, topic, qos, payload, requestNo)
    if (command && requestNo !== null)
      this.#act(requestNo, command)
    this.changed()
  }

  /** Bytes for a product with a custom data format are a command that only a person can read. */
  #readCommand(topicText: string, payload: Buffer): SeatCommand | undefined {
    const topic = parseTopic(topicText)
    return topic.kind === 'raw.down' && !topic.reply
      ? { wish: { kind: 'raw', payload: Uint8Array.from(payload) }, idText: '', replyTopic: replyTopic(topicText), isRrpc: false, wantsReply: true }
      : this.#context.readCommand(topicText, payload)
  }

  #act(requestNo: number, command: SeatCommand): void {
    const { answers } = this.settings
    const { wish } = command
    if (answers.mode === 'by-hand')
      return
    if (answers.mode === 'silent') {
      this.requests.left(requestNo)
      return
    }
    if (answers.mode === 'refuse') {
      this.answer(requestNo, answers.refuseCode, {})
      return
    }
    if (wish.kind === 'raw') {
      // The bytes of an RRPC are given back; those of a custom data format wait for a person.
      if (command.isRrpc)
        this.answer(requestNo, null, null, wish.payload)
      return
    }
    const { productKey } = this.device
    const { code, data, changed } = perform(wish, { model: this.model, answers, values: this.values, drawOutput: (service, given) => this.#context.drawOutput(productKey, service, given) })
    if (changed)
      this.became(changed)
    if (command.wantsReply)
      this.answer(requestNo, code, data)
    else
      this.requests.answered(requestNo, this.#context.clock.now(), null, null)
    const readable = Object.fromEntries(Object.entries(changed ?? {}).filter(([key]) => this.model?.properties.get(key)?.property.accessMode !== 'w'))
    if (Object.keys(readable).length > 0)
      void this.propertyPost(readable).then(message => this.send(message, 1)).catch(error => this.#context.log.debug('a simulated device could not report what was set', { error: String(error) }))
  }
}
