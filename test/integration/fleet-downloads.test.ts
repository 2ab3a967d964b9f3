import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { DownloadOutcome, DownloadsOptions, DownloadWish } from '../../src/engine/fleet/updates/downloads.ts'
import { Buffer } from 'node:buffer'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Downloads } from '../../src/engine/fleet/updates/downloads.ts'
import { createAuthority } from '../../src/engine/platform/certificate/authority.ts'
import { realClock } from '../../src/host/real-clock.ts'
import { VirtualClock } from '../../src/shared/clock.ts'
import { imageOf } from '../support/ota-bench.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { waitFor } from '../support/wait-for.ts'

const image = Buffer.from(imageOf(300_000))

const serve = (listener: RequestListener): Promise<string> => listen(createServer(listener))

async function listen(server: Server): Promise<string> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  }))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/app.bin`
}

function downloads(change: Partial<DownloadsOptions> = {}): Downloads {
  const made = new Downloads({ clock: realClock, max: 10, bytesPerSec: null, tls: null, ...change })
  onTestFinished(() => made.close())
  return made
}

interface Fetched { outcome: DownloadOutcome, bytes: Buffer }

function fetchFile(by: Downloads, url: string, wish: Partial<DownloadWish> = {}): Promise<Fetched> {
  const parts: Buffer[] = []
  return new Promise(resolve => by.start({
    url,
    from: 0,
    until: null,
    size: image.length,
    onStart: () => {},
    onBytes: bytes => parts.push(Buffer.from(bytes)),
    onEnd: outcome => resolve({ outcome, bytes: Buffer.concat(parts) }),
    ...wish,
  }))
}

const answer = (status: number): RequestListener => (_, response) => response.writeHead(status).end('<Error/>')

describe('a download of a simulated device', () => {
  it('fetches a file, or the part of it that is missing, and leaves off where it is told to', async () => {
    const ranges: (string | undefined)[] = []
    const url = await serve((request, response) => {
      ranges.push(request.headers.range)
      const from = Number(/\d+/.exec(request.headers.range ?? '0')![0])
      response.writeHead(from === 0 ? 200 : 206).end(image.subarray(from))
    })
    expect(await fetchFile(downloads(), url)).toEqual({ outcome: 'complete', bytes: image })
    expect(await fetchFile(downloads(), url, { from: 100_000 })).toEqual({ outcome: 'complete', bytes: image.subarray(100_000) })
    expect(await fetchFile(downloads(), url, { until: 12_345 })).toEqual({ outcome: 'reached', bytes: image.subarray(0, 12_345) })
    expect(ranges).toEqual([undefined, 'bytes=100000-', undefined])
  })

  it('comes over HTTP when whatever else carries files does not have the address', async () => {
    const url = await serve((_, response) => response.end(image))
    const asked: string[] = []
    const carryFile: DownloadsOptions['carryFile'] = (wish) => {
      asked.push(wish.url)
      return null
    }
    expect(await fetchFile(downloads({ carryFile }), url)).toEqual({ outcome: 'complete', bytes: image })
    expect(asked).toEqual([url])
  })

  it('passes over what it has when the server knows no ranges', async () => {
    const url = await serve((_, response) => response.end(image))
    expect(await fetchFile(downloads(), url, { from: 70_001 })).toEqual({ outcome: 'complete', bytes: image.subarray(70_001) })
  })

  it.each([
    [403, 'the server refused the file: 403, the address has expired or was changed'],
    [404, 'the server does not have the file: 404'],
    [416, 'the server does not have that part of the file: 416'],
    [500, 'the server did not send the file: 500'],
  ])('says in words why a server answers %i', async (status, problem) => {
    expect((await fetchFile(downloads(), await serve(answer(status)))).outcome).toEqual({ problem, isBroken: false })
  })

  it('says in words that it cannot connect, that an address is none, and that the connection broke', async () => {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise<void>(resolve => server.close(() => resolve()))
    expect((await fetchFile(downloads(), `http://127.0.0.1:${port}/`)).outcome).toEqual({ problem: 'no connection to the server of the file: nothing listens there', isBroken: false })
    expect((await fetchFile(downloads(), 'app.bin')).outcome).toEqual({ problem: 'the address of the file is no address', isBroken: false })
    const breaking = await serve((_, response) => {
      response.writeHead(200, { 'Content-Length': image.length })
      response.write(image.subarray(0, 1_000), () => response.destroy())
    })
    expect((await fetchFile(downloads(), breaking)).outcome).toEqual({ problem: 'the connection broke during the download', isBroken: true })
    const long = await serve((_, response) => response.end(image))
    expect((await fetchFile(downloads(), long, { size: 10 })).outcome).toEqual({ problem: 'the file is longer than it was said to be', isBroken: false })
  })

  it('comes over HTTPS too: from anybody, unless the certificate of its broker is checked, and then only from whom it trusts', async () => {
    const authority = createAuthority({ dir: tempFolder(), now: () => Date.now(), names: () => ['127.0.0.1'] })
    const secured = createSecureServer(await authority.server(), (_, response) => response.end(image))
    const url = (await listen(secured)).replace('http:', 'https:')
    const caPem = await authority.root()
    expect(await fetchFile(downloads(), url)).toEqual({ outcome: 'complete', bytes: image })
    expect(await fetchFile(downloads({ tls: { verify: true, caPem } }), url)).toEqual({ outcome: 'complete', bytes: image })
    expect((await fetchFile(downloads({ tls: { verify: true, caPem: null } }), url)).outcome).toMatchObject({ problem: expect.stringContaining('no connection to the server of the file: '), isBroken: false })
  })

  it('waits for its turn while as many run as may, and those that were stopped have none', async () => {
    const waiting: (() => void)[] = []
    const url = await serve((_, response) => waiting.push(() => response.end(image)))
    const window = downloads({ max: 2 })
    const started: number[] = []
    const ended: number[] = []
    const stops = [0, 1, 2, 3].map(index => window.start({ url, from: 0, until: null, size: image.length, onStart: () => started.push(index), onBytes: () => {}, onEnd: () => ended.push(index) }))
    await waitFor(() => waiting.length === 2)
    expect(started).toEqual([0, 1])
    stops[2]!()
    waiting.forEach(finish => finish())
    await waitFor(() => ended.length === 2 && waiting.length === 3)
    waiting[2]!()
    await waitFor(() => ended.length === 3)
    expect([started, ended.includes(2)]).toEqual([[0, 1, 3], false])
    window.setPace({ max: 1 })
    expect((await fetchFile(window, await serve(answer(404)))).outcome).toMatchObject({ isBroken: false })
  })

  it('lets no more come than its rate allows', async () => {
    const url = await serve((_, response) => response.end(image))
    const clock = new VirtualClock()
    let received = 0
    let isOver = false
    downloads({ clock, bytesPerSec: 1 }).start({ url, from: 0, until: null, size: image.length, onStart: () => {}, onBytes: ({ length }) => received += length, onEnd: () => isOver = true })
    await waitFor(() => received > 0)
    expect([received < image.length, isOver]).toEqual([true, false])
    await waitFor(() => {
      clock.advance(image.length * 1_000)
      return isOver
    })
    expect(received).toBe(image.length)
  })
})
