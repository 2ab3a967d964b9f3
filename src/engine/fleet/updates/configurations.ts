import type { Buffer } from 'node:buffer'
import type { Topic } from '../../../shared/alink/topic.ts'
import type { ConfigConduct } from '../../../shared/contract/fleet-updates.ts'
import type { JsonValue } from '../../../shared/json.ts'
import type { ToldFile } from './notice.ts'
import type { UpdatesWorld } from './updates.ts'
import { createHash } from 'node:crypto'
import { parseReply, parseRequest } from '../../../shared/alink/envelope.ts'
import { buildRequest } from '../../../shared/alink/request.ts'
import { buildTopic, replyTopic } from '../../../shared/alink/topic.ts'
import { createRandom } from '../behaviour/random-streams.ts'
import { Texts } from './account.ts'
import { readConfigNotice } from './notice.ts'

/** What a device answers to a push of a configuration that it could not get, or that is not what it was said to be. */
const notApplied = 100_002

/** A configuration on its way to a device, and the ids of the pushes that wait for an answer. */
interface Fetch { configId: string, idTexts: string[], stop: () => void }

/**
 * What the devices of one product do about its remote configuration (Alink 9): they ask for it, download and check it, apply
 * it, or refuse it.
 */
export class Configurations {
  readonly #world: UpdatesWorld
  #conduct: ConfigConduct
  readonly #texts = new Texts()
  /** By device index: the configuration that it has applied, and the one it is fetching. */
  readonly #applied = new Map<number, string>()
  readonly #fetching = new Map<number, Fetch>()

  constructor(conduct: ConfigConduct, world: UpdatesWorld) {
    this.#conduct = conduct
    this.#world = world
  }

  /** Changes what is done; devices that are to ask from now on do so at once. */
  update(conduct: ConfigConduct): void {
    const asked = this.#conduct.asks && this.#conduct.takes
    this.#conduct = conduct
    if (asked)
      return
    for (let index = 0; index < this.#world.devices.length; index++) {
      if (this.#world.isOnline(index))
        this.online(index)
    }
  }

  /** Forgets the devices from `count` on. */
  truncate(count: number): void {
    for (const [index, { stop }] of this.#fetching) {
      if (index >= count) {
        stop()
        this.#fetching.delete(index)
      }
    }
    for (const index of this.#applied.keys()) {
      if (index >= count)
        this.#applied.delete(index)
    }
  }

  /** A device that has come online asks for the newest configuration. */
  online(index: number): void {
    if (!this.#conduct.asks || !this.#conduct.takes)
      return
    const { devices, send } = this.#world
    const { productKey, deviceName } = devices.at(index)
    send(index, buildRequest(buildTopic({ kind: 'config.get', productKey, deviceName, reply: false }), devices.nextId(index), { configScope: 'product', getType: 'file' }), 'report')
  }

  /** Takes a message about remote configuration; false when it is about something else. */
  received(index: number, topic: Topic, payload: Buffer): boolean {
    if (topic.kind === 'config.get') {
      const reply = parseReply(payload.toString('utf8'))
      if (topic.reply && reply?.code === 200)
        this.#take(index, reply.data, null)
      return true
    }
    if (topic.kind === 'config.push') {
      const { request } = parseRequest(payload.toString('utf8'))
      if (!topic.reply && request !== undefined)
        this.#take(index, request.params, request.idText)
      return true
    }
    return false
  }

  /** `idText` is that of a push, which wants an answer. */
  #take(index: number, data: JsonValue | undefined, idText: string | null): void {
    if (!this.#conduct.takes)
      return
    const told = readConfigNotice(data)
    if (told === undefined) {
      this.#world.onProblem('what was said of a configuration cannot be read')
      return this.#answer(index, idText, notApplied)
    }
    const { configId, file } = told
    if (this.#refuses(index, configId)) {
      this.#world.tallyUpdates('configsRefused', 1)
      return this.#answer(index, idText, this.#conduct.refusalCode)
    }
    if (this.#applied.get(index) === configId)
      return this.#answer(index, idText, 200)
    const under = this.#fetching.get(index)
    if (under?.configId === configId)
      return void (idText !== null && under.idTexts.push(idText))
    under?.stop()
    under?.idTexts.forEach(text => this.#answer(index, text, notApplied))
    this.#fetch(index, configId, file, idText === null ? [] : [idText])
  }

  #fetch(index: number, configId: string, file: ToldFile, idTexts: string[]): void {
    const hash = createHash(file.algorithm)
    const fetch: Fetch = { configId, idTexts, stop: () => {} }
    this.#fetching.set(index, fetch)
    fetch.stop = this.#world.downloads.start({
      url: file.url,
      from: 0,
      until: null,
      size: file.size,
      onStart: () => {},
      onBytes: bytes => hash.update(bytes),
      onEnd: (outcome) => {
        this.#fetching.delete(index)
        const problem = typeof outcome === 'object' ? outcome.problem : hash.digest('hex') === file.digest ? undefined : 'its digest is not the one that was told'
        if (problem === undefined) {
          this.#applied.set(index, this.#texts.shared(configId))
          this.#world.tallyUpdates('configsApplied', 1)
        }
        else {
          this.#world.onProblem(`configuration: ${problem}`)
        }
        idTexts.forEach(text => this.#answer(index, text, problem === undefined ? 200 : notApplied))
      },
    })
  }

  #refuses(index: number, configId: string): boolean {
    const { refusesPercent } = this.#conduct
    return refusesPercent > 0 && createRandom(this.#world.seed, `${this.#world.devices.at(index).deviceName} takes ${configId}`).next() * 100 < refusesPercent
  }

  #answer(index: number, idText: string | null, code: number): void {
    if (idText === null)
      return
    const { productKey, deviceName } = this.#world.devices.at(index)
    const topic = replyTopic(buildTopic({ kind: 'config.push', productKey, deviceName, reply: false }))
    this.#world.send(index, { topic, payload: `{"id":${idText === '' ? '""' : idText},"code":${code},"data":{}}` }, 'plain')
  }
}
