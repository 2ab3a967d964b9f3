import type { WebHost } from '../../src/host/web/web-host.ts'
import type { StubHandlers } from '../support/stub-api.ts'
import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { connectConsole } from '../../src/host/web/connect-console.ts'
import { requestPageUrl } from '../../src/host/web/request-page-url.ts'
import { createWebHost } from '../../src/host/web/web-host.ts'
import { VirtualClock } from '../../src/shared/clock.ts'
import { limits } from '../../src/shared/limits.ts'
import { silentLog } from '../../src/shared/log.ts'
import { createRpcClient } from '../../src/shared/rpc/client.ts'
import { connectWebSocket } from '../../src/ui/client/websocket.ts'
import { createStubApi } from '../support/stub-api.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { waitFor } from '../support/wait-for.ts'

let host: WebHost
let clock: VirtualClock

afterEach(() => host.close())

/** A console with a page of one file. */
async function serve(handlers: StubHandlers = {}): Promise<WebHost> {
  const rendererDir = path.join(tempFolder(), 'renderer')
  mkdirSync(path.join(rendererDir, 'assets'), { recursive: true })
  writeFileSync(path.join(rendererDir, 'index.html'), '<!doctype html>page')
  writeFileSync(path.join(rendererDir, 'assets', 'a-1.js'), 'run()')
  clock = new VirtualClock()
  host = await createWebHost({ api: createStubApi({ methods: { 'app.highlights': () => [] }, ...handlers }), engineId: 'engine-1', rendererDir, port: 0, clock, log: silentLog })
  return host
}

interface Answer { status: number, headers: Record<string, string | string[] | undefined>, body: string }

/** An HTTP request with exactly these headers. */
function ask(pathname: string, { method = 'GET', headers = {}, body }: { method?: string, headers?: Record<string, string>, body?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: host.port, path: pathname, method, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => { text += chunk })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const ownOrigin = (): string => `http://127.0.0.1:${host.port}`
const rpcUrl = (): string => `ws://127.0.0.1:${host.port}/rpc`
const takeToken = (): string => new URL(host.tokenUrl()).hash.slice('#t='.length)

/** A WebSocket as a page of this origin would open it. */
function pageSocket(origin = ownOrigin()): (url: string) => globalThis.WebSocket {
  return url => new WebSocket(url, { origin }) as unknown as globalThis.WebSocket
}

/** How an upgrade request is answered: 101, or the status of its refusal. */
async function upgradeStatus(headers: Record<string, string>, pathname = '/rpc'): Promise<number> {
  const socket = connect(host.port, '127.0.0.1')
  const lines = { 'Host': `127.0.0.1:${host.port}`, 'Connection': 'Upgrade', 'Upgrade': 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'), ...headers }
  socket.write(`GET ${pathname} HTTP/1.1\r\n${Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`)
  const [first] = await once(socket, 'data') as [Buffer]
  socket.destroy()
  return Number(/^HTTP\/1\.1 (\d+)/.exec(String(first))?.[1])
}

/** The code with which the engine closes a socket that begins with this frame. */
async function closeCode(first: string | Buffer, { origin, clockMs }: { origin?: string, clockMs?: number } = {}): Promise<number> {
  const socket = new WebSocket(rpcUrl(), origin === undefined ? {} : { origin })
  const closed = once(socket, 'close') as Promise<[number]>
  socket.on('error', () => {})
  await once(socket, 'open')
  if (clockMs === undefined)
    socket.send(first)
  else
    clock.advance(clockMs)
  return (await closed)[0]
}

describe('the console over HTTP', () => {
  it('listens on 127.0.0.1 and on no other address', async () => {
    await serve()
    const elsewhere = connect(host.port, '127.0.0.2')
    const [error] = await once(elsewhere, 'error') as [NodeJS.ErrnoException]
    expect(error.code).toBe('ECONNREFUSED')
  })

  it('serves the page with the policy\'s headers', async () => {
    await serve()
    expect(host.url).toBe(`http://127.0.0.1:${host.port}/`)
    const { status, headers, body } = await ask('/')
    expect([status, body]).toEqual([200, '<!doctype html>page'])
    expect(headers['content-security-policy']).toContain(`connect-src 'self' ws://127.0.0.1:${host.port} ws://localhost:${host.port};`)
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin' })
    expect(Object.keys(headers).filter(name => name.startsWith('access-control'))).toEqual([])
  })

  it.each(['evil.example', 'localhost', '127.0.0.1', 'localhost.evil.example'])('answers a request for the host %s with 421 and nothing of the page', async (name) => {
    await serve()
    const { status, body } = await ask('/', { headers: { host: name } })
    expect([status, body.includes('page')]).toEqual([421, false])
  })

  it('answers to localhost too', async () => {
    await serve()
    expect((await ask('/assets/a-1.js', { headers: { host: `localhost:${host.port}` } })).body).toBe('run()')
  })

  it('serves files and nothing else', async () => {
    await serve()
    expect((await ask('/', { method: 'POST', body: 'x=1' })).status).toBe(405)
    expect((await ask('/', { method: 'OPTIONS', headers: { origin: 'http://evil.example' } })).status).toBe(405)
    expect((await ask('/assets/%2e%2e/%2e%2e/secret')).status).toBe(400)
    expect((await ask('/assets/gone.js')).status).toBe(404)
  })

  it('sends no body for HEAD, and none again to a browser that has it', async () => {
    await serve()
    const head = await ask('/', { method: 'HEAD' })
    expect([head.status, head.headers['content-length'], head.body]).toEqual([200, '19', ''])
    const again = await ask('/', { headers: { 'if-none-match': String(head.headers.etag) } })
    expect([again.status, again.body]).toEqual([304, ''])
  })

  it('says how to build a page that is not there, while the engine can be used', async () => {
    clock = new VirtualClock()
    host = await createWebHost({ api: createStubApi({ methods: { 'app.highlights': () => [] } }), engineId: 'e', rendererDir: path.join(tempFolder(), 'none'), port: 0, clock, log: silentLog })
    const { status, body } = await ask('/')
    expect([status, body.includes('npm run build')]).toEqual([503, true])
    const client = await connectConsole(host)
    expect(await client.call('app.highlights', {})).toEqual([])
    client.close()
  })

  it('fails with a sentence when its port is taken', async () => {
    await serve()
    await expect(createWebHost({ api: createStubApi(), engineId: 'e', rendererDir: '', port: host.port, clock, log: silentLog })).rejects.toMatchObject({
      code: 'listen/failed',
      message: `The console cannot listen on 127.0.0.1:${host.port}: another program uses that port.`,
    })
  })

  it('gives an address that opens the page to whoever has the secret, and to no page', async () => {
    await serve()
    const url = await requestPageUrl(host)
    expect(url).toMatch(new RegExp(`^${host.url}#t=[\\w-]{43}$`))
    const { port } = await connectWebSocket(rpcUrl(), { token: new URL(url).hash.slice(3) }, pageSocket())
    port.close()

    await expect(requestPageUrl({ url: host.url, secret: 'wrong' })).rejects.toMatchObject({ code: 'connection/refused' })
    const authorization = `Bearer ${host.secret}`
    expect((await ask('/page-url', { method: 'POST', headers: { authorization, origin: ownOrigin() } })).status).toBe(401)
    expect((await ask('/page-url', { headers: { authorization } })).status).toBe(405)
    expect((await ask('/page-url', { method: 'POST' })).status).toBe(401)
  })
})

describe('the console over its WebSocket', () => {
  it('lets a page in with its token and again with the session it got, and never again with the token', async () => {
    await serve()
    const token = takeToken()
    const first = await connectWebSocket(rpcUrl(), { token }, pageSocket())
    const client = createRpcClient(first.port)
    expect(await client.hello).toMatchObject({ engineId: 'engine-1' })
    expect(await client.call('app.highlights', {})).toEqual([])
    client.close()

    const second = await connectWebSocket(rpcUrl(), { session: first.session! }, pageSocket(`http://localhost:${host.port}`))
    expect(second.session).toBe(first.session)
    second.port.close()

    await expect(connectWebSocket(rpcUrl(), { token }, pageSocket())).rejects.toMatchObject({ code: 'connection/refused' })
  })

  it('lets a program in with the secret and without an origin only', async () => {
    await serve()
    const client = await connectConsole(host)
    expect(await client.call('app.highlights', {})).toEqual([])
    client.close()
    await expect(connectConsole({ url: host.url, secret: 'wrong' })).rejects.toMatchObject({ code: 'connection/refused', message: `The engine at ${host.url} did not accept the secret of the lock file.` })
    expect(await closeCode(JSON.stringify({ secret: host.secret }), { origin: ownOrigin() })).toBe(4401)
  })

  it('lets no program in with a page\'s token or session, and leaves the token to the page', async () => {
    await serve()
    const token = takeToken()
    expect(await closeCode(JSON.stringify({ token }))).toBe(4401)
    const { port, session } = await connectWebSocket(rpcUrl(), { token }, pageSocket())
    port.close()
    expect(await closeCode(JSON.stringify({ session }))).toBe(4401)
  })

  it.each([
    ['another origin', { Origin: 'http://evil.example' }, 403],
    ['an origin of another port', { Origin: 'http://127.0.0.1:1' }, 403],
    ['the origin of a file', { Origin: 'null' }, 403],
    ['another host', { Host: 'evil.example' }, 421],
    ['a host without its port', { Host: '127.0.0.1' }, 421],
  ])('refuses an upgrade from %s', async (_what, headers, status) => {
    await serve()
    expect(await upgradeStatus(headers)).toBe(status)
  })

  it('refuses an upgrade of another path, and takes a right one', async () => {
    await serve()
    expect(await upgradeStatus({ Origin: ownOrigin() }, '/other')).toBe(404)
    expect(await upgradeStatus({ Origin: ownOrigin() })).toBe(101)
  })

  it.each([
    ['what is not JSON', 'token'],
    ['an empty object', '{}'],
    ['an empty token', '{"token":""}'],
    ['a token of another type', '{"token":{}}'],
    ['bytes', Buffer.from('{"token":"x"}')],
    ['a call', '{"t":"call","id":1,"method":"app.info"}'],
  ])('closes a connection that begins with %s', async (_what, first) => {
    await serve()
    expect(await closeCode(first, { origin: ownOrigin() })).toBe(4401)
  })

  it('closes a connection that does not sign in in time', async () => {
    await serve()
    expect(await closeCode('', { clockMs: limits.consoleAuthWithinMs })).toBe(4408)
  })

  it('drops a connection that sends much before it has signed in', async () => {
    await serve()
    expect(await closeCode(JSON.stringify({ token: 'x'.repeat(100 * limits.consoleAuthBytesMax) }))).toBe(1006)
  })

  it('understands a program that signs in and calls in one packet', async () => {
    await serve()
    const socket = new WebSocket(rpcUrl())
    await once(socket, 'open')
    const frames: unknown[] = []
    socket.on('message', (_data, isBinary) => frames.push(isBinary))
    const tcp = (socket as unknown as { _socket: { cork: () => void, uncork: () => void } })._socket
    tcp.cork()
    socket.send(JSON.stringify({ secret: host.secret }))
    socket.send(Buffer.from([0x80]))
    tcp.uncork()
    while (frames.length < 2)
      await once(socket, 'message')
    expect(frames).toEqual([false, true])
    socket.terminate()
  })

  it('turns away connections beyond the limit until one has gone', async () => {
    await serve()
    const open = await Promise.all(Array.from({ length: limits.consoleConnectionsMax }, () => connectConsole(host)))
    expect(await closeCode('{}')).toBe(4429)
    open[0]!.close()
    // The engine's side of a closed connection goes a moment later.
    await waitFor(async () => await connectConsole(host).then(client => open.push(client), () => 0) > 0, { what: 'room for one more' })
    open.forEach(client => client.close())
  })

  it('aborts what a page has under way when its connection breaks', async () => {
    const began = Promise.withResolvers<AbortSignal>()
    await serve({ methods: { 'app.highlights': (_params, { signal }) => {
      began.resolve(signal)
      return new Promise(() => {})
    } } })
    const socket = new WebSocket(rpcUrl(), { origin: ownOrigin() })
    const { port } = await connectWebSocket(rpcUrl(), { token: takeToken() }, () => socket as unknown as globalThis.WebSocket)
    const call = createRpcClient(port).call('app.highlights', {})
    const signal = await began.promise
    const aborted = new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
    socket.terminate()
    await expect(call).rejects.toMatchObject({ code: 'connection/lost' })
    await aborted
  })

  it('tells its pages when it stops, and leaves nothing open', async () => {
    await serve()
    const client = await connectConsole(host)
    const idle = new WebSocket(rpcUrl())
    idle.on('error', () => {})
    await once(idle, 'open')
    const gone = once(idle, 'close')
    await host.close()
    await client.closed
    await gone
    await expect(connectConsole(host)).rejects.toMatchObject({ code: 'connection/lost' })
  })
})
