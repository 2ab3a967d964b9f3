import type { FileHandle } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import type { FilePart } from '../../engine/platform/device-http.ts'
import type { FileFlow } from '../../engine/platform/file-flow.ts'
import type { Log } from '../../shared/log.ts'
import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { limits } from '../../shared/limits.ts'

/** A file that is being sent, and the steps of it that were read for all. */
interface Shared { handle: Promise<FileHandle>, users: number, steps: Map<number, Promise<Buffer>> }

/**
 * Streams parts of files as answers. Downloads of one file share one handle and, as long as there is room for them, the steps
 * that were read; of what does not fit, each holds no more than one step. So many thousand at a time need neither handles
 * nor memory for the files.
 */
export class FileStreams {
  readonly #log: Log
  readonly #open = new Map<string, Shared>()
  #downloads = 0
  #sharedBytes = 0

  constructor(log: Log) {
    this.#log = log
  }

  /** Sends a part of a file; `begin` writes the head once the file is open. Resolves when it is over, however it ends. */
  async send(response: ServerResponse, { path, start, bytes, flow }: FilePart, begin: () => void): Promise<void> {
    const shared = this.#share(path)
    this.#downloads += 1
    try {
      const handle = await shared.handle
      begin()
      if (flow === undefined)
        await this.#copy(shared, handle, response, start, bytes)
      else
        await flowOut(flow, response, start, bytes, (at, room) => this.#copy(shared, handle, response, at, room))
      response.end()
    }
    catch (error) {
      this.#log.error('a file could not be sent to a device', { path, error: String(error) })
      if (response.headersSent)
        response.destroy()
      else
        response.writeHead(500, { 'Content-Length': 0 }).end()
    }
    finally {
      this.#downloads -= 1
      this.#release(path, shared)
    }
  }

  /** Sends bytes as the flow says, whose places count from their start. Resolves when it is over, however it ends. */
  async sendBytes(response: ServerResponse, bytes: Buffer, flow: FileFlow): Promise<void> {
    await flowOut(flow, response, 0, bytes.length, async (at, room) => {
      if (!response.write(bytes.subarray(at, at + room)))
        await hasRoom(response)
    })
    response.end()
  }

  async #copy(shared: Shared, handle: FileHandle, response: ServerResponse, start: number, bytes: number): Promise<void> {
    for (let at = start, end = start + bytes; at < end && !response.destroyed;) {
      const part = await (this.#sharedStep(shared, handle, at) ?? this.#ownStep(handle, at, end))
      if (part.length === 0)
        throw new Error(`the file ends at ${at} of ${end} bytes`)
      const wanted = part.subarray(0, end - at)
      at += wanted.length
      if (!response.destroyed && !response.write(wanted))
        await hasRoom(response)
    }
  }

  /** Bytes from a place on, read once for all downloads of the file; undefined when this file is not shared, or there is no room. */
  #sharedStep(shared: Shared, handle: FileHandle, at: number): Promise<Buffer> | undefined {
    const index = Math.floor(at / limits.downloadStepBytes)
    let step = shared.steps.get(index)
    if (step === undefined) {
      if (shared.users < 2 || this.#sharedBytes + limits.downloadStepBytes > limits.downloadSharedBytesMax)
        return undefined
      step = read(handle, index * limits.downloadStepBytes, limits.downloadStepBytes)
      shared.steps.set(index, step)
      this.#sharedBytes += limits.downloadStepBytes
    }
    return step.then(bytes => bytes.subarray(at - index * limits.downloadStepBytes))
  }

  #ownStep(handle: FileHandle, at: number, end: number): Promise<Buffer> {
    const step = this.#downloads > limits.downloadsWithLargeSteps ? limits.downloadStepSmallBytes : limits.downloadStepBytes
    return read(handle, at, Math.min(step, end - at))
  }

  #share(path: string): Shared {
    let shared = this.#open.get(path)
    if (shared === undefined) {
      shared = { handle: open(path, 'r'), users: 0, steps: new Map() }
      this.#open.set(path, shared)
    }
    shared.users += 1
    return shared
  }

  #release(path: string, shared: Shared): void {
    shared.users -= 1
    if (shared.users > 0)
      return
    this.#open.delete(path)
    this.#sharedBytes -= shared.steps.size * limits.downloadStepBytes
    shared.steps.clear()
    shared.handle.then(handle => handle.close(), () => {}).catch(error => this.#log.warn('a file could not be closed', { path, error: String(error) }))
  }
}

/** Hands on what a flow lets through, piece by piece; the connection survives its pauses. */
async function flowOut(flow: FileFlow, response: ServerResponse, start: number, bytes: number, copy: (at: number, room: number) => Promise<void>): Promise<void> {
  response.socket?.setTimeout(0)
  response.flushHeaders()
  const end = start + bytes
  let at = start
  try {
    while (at < end && !response.destroyed) {
      const room = await beforeClose(response, flow.next(at, Math.min(limits.downloadStepBytes, end - at)))
      if (room === 'break') {
        // What was handed over so far still arrives.
        await beforeClose(response, new Promise<void>(resolve => response.socket?.write('', () => resolve())))
        response.destroy()
        break
      }
      await copy(at, room)
      at += room
    }
  }
  finally {
    flow.ended(at, at === end && !response.destroyed)
  }
}

/** Up to `length` bytes from a place on: fewer only at the end of the file. */
async function read(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, at + filled)
    if (bytesRead === 0)
      break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

/** What `wait` resolves with; 'break' when the response is closed before. */
async function beforeClose<T>(response: ServerResponse, wait: Promise<T>): Promise<T | 'break'> {
  const over = new AbortController()
  const closed = once(response, 'close', over).then((): 'break' => 'break', (): 'break' => 'break')
  const first = await Promise.race([wait, closed])
  over.abort()
  return first
}

/** Resolves when a response takes more, or takes nothing any more. */
async function hasRoom(response: ServerResponse): Promise<void> {
  const over = new AbortController()
  await Promise.race([once(response, 'drain', over), once(response, 'close', over)]).catch(() => {})
  over.abort()
}
