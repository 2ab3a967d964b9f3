import type { Buffer } from 'node:buffer'
import type { Topic } from '../../../shared/alink/topic.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { Send } from '../conversation/speaker.ts'
import type { Devices } from '../device.ts'
import type { DownloadWish } from './downloads.ts'
import { buildBlockRequest, parseBlockReply } from '../../../shared/alink/file-download.ts'

interface BlocksWorld {
  clock: Clock
  devices: Devices
  isOnline: (index: number) => boolean
  send: Send
  later: (dueAt: number, run: () => void) => boolean
}

/** A file on its way to a device: what it waits for, and how often it has asked for that already. */
interface Transfer {
  wish: DownloadWish
  stream: { streamId: number, streamFileId: number }
  at: number
  id: string
  asked: number
  /** When it asks again, if nothing comes. */
  askAt: number
}

const blockBytes = 16 * 1024
const answerMsMax = 10_000
const asksMax = 4
const offlineMs = 1_000

/**
 * Downloads over MQTT, a block at a time (Alink 8.7): each block is asked for once the one before has come, and again when no
 * answer comes or its checksum is wrong.
 */
export class Blocks {
  readonly #world: BlocksWorld
  /** By device index. */
  readonly #transfers = new Map<number, Transfer>()

  constructor(world: BlocksWorld) {
    this.#world = world
  }

  /** Begins a download whose turn has come; the returned function stops it. */
  begin(index: number, stream: Transfer['stream'], wish: DownloadWish): () => void {
    const transfer: Transfer = { wish, stream, at: wish.from, id: '', asked: 0, askAt: 0 }
    this.#transfers.set(index, transfer)
    this.#ask(index, transfer)
    this.#watch(index, transfer)
    return () => {
      if (this.#transfers.get(index) === transfer)
        this.#transfers.delete(index)
    }
  }

  /** Takes a block; false when the message is about something else. */
  received(index: number, topic: Topic, payload: Buffer): boolean {
    if (topic.kind !== 'file.download' || !topic.reply)
      return false
    const transfer = this.#transfers.get(index)
    const reply = parseBlockReply(payload)
    if (transfer === undefined)
      return true
    if (typeof reply === 'string')
      this.#ask(index, transfer)
    else if (reply.id === transfer.id)
      this.#take(index, transfer, reply.data === undefined ? reply.code : reply)
    return true
  }

  #take(index: number, transfer: Transfer, block: number | { offset: number, data: Uint8Array }): void {
    const { wish } = transfer
    if (typeof block === 'number')
      return wish.onEnd({ problem: `the platform refused a block of the file: ${block}`, isBroken: false })
    if (block.offset !== transfer.at)
      return
    transfer.asked = 0
    transfer.at += block.data.length
    wish.onBytes(block.data)
    if (wish.until !== null && transfer.at >= wish.until)
      wish.onEnd('reached')
    else if (transfer.at >= wish.size || block.data.length === 0)
      wish.onEnd('complete')
    else if (this.#transfers.get(index) === transfer)
      this.#ask(index, transfer)
  }

  #ask(index: number, transfer: Transfer): void {
    const { clock, devices, isOnline, send } = this.#world
    const { wish, stream, at } = transfer
    if (!isOnline(index))
      return void (transfer.askAt = clock.now() + offlineMs)
    if (++transfer.asked > asksMax)
      return wish.onEnd({ problem: 'the platform did not answer a request for a block of the file', isBroken: false })
    transfer.id = devices.nextId(index)
    const size = Math.min(blockBytes, (wish.until ?? wish.size) - at)
    const isSent = send(index, buildBlockRequest(devices.at(index), { streamId: stream.streamId, fileId: stream.streamFileId, size: Math.max(1, size), offset: at }, transfer.id), 'report')
    transfer.askAt = clock.now() + (isSent ? answerMsMax : offlineMs)
  }

  /** One look a second for each transfer, however many blocks come in it. */
  #watch(index: number, transfer: Transfer): void {
    const { clock, later } = this.#world
    later(clock.now() + offlineMs, () => {
      if (this.#transfers.get(index) !== transfer)
        return
      if (clock.now() >= transfer.askAt)
        this.#ask(index, transfer)
      this.#watch(index, transfer)
    })
  }
}
