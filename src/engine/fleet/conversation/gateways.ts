import type { Buffer } from 'node:buffer'
import type { Topic } from '../../../shared/alink/topic.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { JsonValue } from '../../../shared/json.ts'
import type { Devices } from '../device.ts'
import type { GatewayRequest } from './gateway-messages.ts'
import type { Send } from './speaker.ts'
import { parseReply, parseRequest } from '../../../shared/alink/envelope.ts'
import { isJsonObject, toNumber } from '../../../shared/json.ts'
import { batchMax, buildGatewayRequest, buildLogout } from './gateway-messages.ts'

/** Where a sub-device stands, as its gateway knows it. */
export type SubDeviceState
  /** The gateway does not have it yet. */
  = | 'apart'
  /** It belongs to the gateway and is not logged in. */
    | 'related'
    | 'online'
  /** It was disabled or refused: it tries again when its gateway comes back or the platform calls it. */
    | 'away'
  /** Somebody else logged in as it, or it was deleted: it stays away. */
    | 'gone'

export interface GatewayWorld {
  clock: Clock
  gateways: Devices
  subDevices: Devices
  perGateway: number
  isGatewayOnline: (gateway: number) => boolean
  /** Sends in the gateway's own name. */
  send: Send
  later: (dueAt: number, run: () => void) => boolean
  onOnline: (subDevice: number) => void
  onOffline: (subDevice: number) => void
  onProblem: (cause: string) => void
}

const asksAgainMs = 60_000
const tooOftenMs = 20_000
const sessionLostMs = 1_000
/** Codes after which the same request may succeed later: full, too often, trouble of the cloud's own. */
const passing = new Set([428, 429, 500])
const noRelation = 6401

interface Pending { kind: GatewayRequest, subDevices: number[] }

/**
 * The sub-devices of a fleet of gateways: registered if they have no secret, added to the topology, logged in, in this
 * order (Alink 3.7), again whenever the gateway comes back. Sub-device `i` belongs to gateway `i / perGateway`.
 */
export class Gateways {
  readonly #world: GatewayWorld
  readonly #states: SubDeviceState[]
  readonly #indexes: Map<string, number>
  /** By gateway and id of the request. */
  readonly #pending = new Map<string, Pending>()
  #closed = false

  constructor(world: GatewayWorld) {
    this.#world = world
    this.#states = Array.from<SubDeviceState>({ length: world.subDevices.length }).fill('apart')
    this.#indexes = new Map(this.#states.map((_, index) => [keyOf(world.subDevices.at(index)), index]))
  }

  isOnline(subDevice: number): boolean {
    return this.#states[subDevice] === 'online'
  }

  gatewayOf(subDevice: number): number {
    return Math.floor(subDevice / this.#world.perGateway)
  }

  /** The sub-device that a topic speaks of, if it is one of this gateway's. */
  find(gateway: number, identity: { productKey: string, deviceName: string }): number | undefined {
    const index = this.#indexes.get(keyOf(identity))
    return index !== undefined && this.gatewayOf(index) === gateway ? index : undefined
  }

  gatewayOnline(gateway: number): void {
    this.#bring(gateway, this.#ownOf(gateway).filter(index => this.#states[index] !== 'gone'))
  }

  /** A gateway takes all its sub-devices with it (Alink 1.4). */
  gatewayOffline(gateway: number): void {
    for (const index of this.#ownOf(gateway)) {
      if (this.isOnline(index))
        this.#leave(index, 'related')
    }
    for (const key of this.#pending.keys()) {
      if (key.startsWith(`${gateway}/`))
        this.#pending.delete(key)
    }
  }

  /** Logs a sub-device out and, after so many milliseconds, in again; null: it stays away. */
  interrupt(subDevice: number, backInMs: number | null): void {
    const { clock, gateways, subDevices, send, later } = this.#world
    const gateway = this.gatewayOf(subDevice)
    if (this.isOnline(subDevice))
      send(gateway, buildLogout(gateways.at(gateway), [subDevices.at(subDevice)], gateways.nextId(gateway)), 'asking')
    this.#leave(subDevice, backInMs === null ? 'gone' : 'away')
    if (backInMs !== null)
      later(clock.now() + backInMs, () => this.#bring(gateway, [subDevice]))
  }

  /** Logs everybody out and answers nothing any more. */
  close(): void {
    this.#closed = true
    for (let gateway = 0; gateway * this.#world.perGateway < this.#states.length; gateway++) {
      const online = this.#ownOf(gateway).filter(index => this.isOnline(index))
      for (const batch of batches(online, batchMax.login))
        this.#world.send(gateway, buildLogout(this.#world.gateways.at(gateway), batch.map(index => this.#world.subDevices.at(index)), this.#world.gateways.nextId(gateway)), 'asking')
      online.forEach(index => this.#leave(index, 'related'))
    }
  }

  /** Takes a message about topology or sessions; false when it is about something else. */
  received(gateway: number, topic: Topic, topicText: string, payload: Buffer): boolean {
    const text = payload.toString('utf8')
    switch (topic.kind) {
      case 'sub.register':
      case 'topo.add':
      case 'session.login':
      case 'session.batchLogin':
        this.#answered(gateway, text)
        return true
      case 'session.error':
        this.#sessionError(gateway, text)
        return true
      case 'topo.change':
        this.#acknowledge(gateway, topicText, text, params => this.#changed(gateway, params))
        return true
      case 'topo.addNotify':
        this.#acknowledge(gateway, topicText, text, params => this.#bring(gateway, this.#listed(gateway, params)))
        return true
      case 'gateway.permit':
        this.#acknowledge(gateway, topicText, text, () => {})
        return true
      case 'device.enable':
      case 'device.disable':
      case 'device.delete': {
        const index = this.find(gateway, topic)
        if (index !== undefined)
          this.#acknowledge(gateway, topicText, text, () => topic.kind === 'device.enable' ? this.#bring(gateway, [index]) : this.#leave(index, topic.kind === 'device.delete' ? 'gone' : 'away'))
        return index !== undefined
      }
      default:
        return false
    }
  }

  #ownOf(gateway: number): number[] {
    const from = gateway * this.#world.perGateway
    const to = Math.min(from + this.#world.perGateway, this.#states.length)
    return Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at)
  }

  /** Asks for whatever each sub-device needs next to come online. */
  #bring(gateway: number, subDevices: number[]): void {
    if (this.#closed || !this.#world.isGatewayOnline(gateway))
      return
    const missing = subDevices.filter(index => !this.isOnline(index))
    const needs: Record<GatewayRequest, number[]> = { register: [], add: [], login: [] }
    for (const index of missing) {
      const hasSecret = this.#world.subDevices.at(index).deviceSecret !== ''
      needs[!hasSecret ? 'register' : this.#states[index] === 'apart' ? 'add' : 'login'].push(index)
    }
    for (const kind of ['register', 'add', 'login'] as const) {
      for (const batch of batches(needs[kind], batchMax[kind]))
        this.#ask(gateway, kind, batch)
    }
  }

  #ask(gateway: number, kind: GatewayRequest, subDevices: number[]): void {
    const { gateways, subDevices: all, clock, send, later } = this.#world
    const id = gateways.nextId(gateway)
    const key = `${gateway}/${id}`
    const pending = { kind, subDevices }
    this.#pending.set(key, pending)
    const isSent = send(gateway, buildGatewayRequest(kind, gateways.at(gateway), subDevices.map(index => all.at(index)), id), 'asking')
    // Answers get lost, and some platforms do not know gateways.
    later(clock.now() + (isSent ? asksAgainMs : sessionLostMs), () => {
      if (this.#pending.get(key) !== pending)
        return
      this.#pending.delete(key)
      if (isSent)
        this.#world.onProblem(`the platform did not answer a gateway's ${kind}`)
      this.#bring(gateway, subDevices)
    })
  }

  #answered(gateway: number, text: string): void {
    const reply = parseReply(text)
    const key = `${gateway}/${reply?.id}`
    const pending = this.#pending.get(key)
    if (reply === undefined || pending === undefined)
      return
    this.#pending.delete(key)
    if (reply.code === 200)
      this.#granted(gateway, pending, reply.data)
    else
      this.#refused(gateway, pending, reply.code)
  }

  #granted(gateway: number, { kind, subDevices }: Pending, data: JsonValue | undefined): void {
    if (kind === 'login') {
      for (const index of subDevices) {
        if (this.#states[index] !== 'online') {
          this.#states[index] = 'online'
          this.#world.onOnline(index)
        }
      }
      return
    }
    if (kind === 'register') {
      for (const entry of Array.isArray(data) ? data : []) {
        if (isJsonObject(entry) && typeof entry.deviceSecret === 'string' && entry.deviceSecret !== '')
          this.#listed(gateway, [entry]).forEach(index => this.#world.subDevices.setSecret(index, entry.deviceSecret as string))
      }
      const without = subDevices.filter(index => this.#world.subDevices.at(index).deviceSecret === '')
      if (without.length > 0)
        this.#world.onProblem('the platform registered a sub-device without giving its secret')
      without.forEach(index => this.#leave(index, 'away'))
      return this.#bring(gateway, subDevices.filter(index => !without.includes(index)))
    }
    subDevices.forEach(index => this.#leave(index, 'related'))
    this.#bring(gateway, subDevices)
  }

  /** One bad sub-device fails a whole batch (Alink 3.6), so that each is tried by itself then. */
  #refused(gateway: number, { kind, subDevices }: Pending, code: number): void {
    if (passing.has(code)) {
      this.#world.later(this.#world.clock.now() + tooOftenMs, () => this.#bring(gateway, subDevices))
    }
    else if (subDevices.length > 1) {
      subDevices.forEach(index => this.#ask(gateway, kind, [index]))
    }
    else if (kind === 'login' && code === noRelation) {
      this.#leave(subDevices[0]!, 'apart')
      this.#bring(gateway, subDevices)
    }
    else {
      this.#leave(subDevices[0]!, 'away')
    }
  }

  #sessionError(gateway: number, text: string): void {
    const reply = parseReply(text)
    const index = reply && isJsonObject(reply.data) ? this.#listed(gateway, [reply.data])[0] : undefined
    if (reply === undefined || index === undefined)
      return
    this.#world.onProblem(`a sub-device was sent off by the platform: code ${reply.code}`)
    if (reply.code === 520) {
      this.#leave(index, 'related')
      this.#world.later(this.#world.clock.now() + sessionLostMs, () => this.#bring(gateway, [index]))
    }
    else {
      this.#leave(index, reply.code === noRelation ? 'apart' : reply.code === 522 ? 'away' : 'gone')
    }
  }

  /** Status 0: relation made, 1: ended, 2: sub-device enabled, 8: disabled (Alink 3.5). */
  #changed(gateway: number, params: JsonValue | undefined): void {
    if (!isJsonObject(params))
      return
    const listed = this.#listed(gateway, params.subList)
    const status = toNumber(params.status)
    if (status === 0 || status === 2) {
      listed.filter(index => !this.isOnline(index)).forEach(index => this.#leave(index, 'related'))
      this.#bring(gateway, listed)
    }
    else {
      listed.forEach(index => this.#leave(index, status === 1 ? 'apart' : 'away'))
    }
  }

  #acknowledge(gateway: number, topicText: string, text: string, obey: (params: JsonValue | undefined) => void): void {
    const { request } = parseRequest(text)
    // An answer of our own that comes back from another broker.
    if (request === undefined || topicText.endsWith('_reply'))
      return
    this.#world.send(gateway, { topic: `${topicText}_reply`, payload: `{"id":${request.idText === '' ? '""' : request.idText},"code":200,"message":"success","data":{}}` }, 'instant')
    obey(request.params)
  }

  /** Those of the named sub-devices that are this gateway's. */
  #listed(gateway: number, list: JsonValue | undefined): number[] {
    return (Array.isArray(list) ? list : []).flatMap((entry) => {
      if (!isJsonObject(entry) || typeof entry.productKey !== 'string' || typeof entry.deviceName !== 'string')
        return []
      return this.find(gateway, { productKey: entry.productKey, deviceName: entry.deviceName }) ?? []
    })
  }

  #leave(index: number, state: Exclude<SubDeviceState, 'online'>): void {
    const wasOnline = this.isOnline(index)
    this.#states[index] = state
    if (wasOnline)
      this.#world.onOffline(index)
  }
}

function keyOf({ productKey, deviceName }: { productKey: string, deviceName: string }): string {
  return `${productKey}/${deviceName}`
}

function batches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size))
}
