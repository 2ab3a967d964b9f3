import type { AddressInfo } from 'node:net'
import type { ShellBridge } from '../../../../src/shared/shell-bridge.ts'
import type { WebPlace } from '../../../../src/ui/client/transport.ts'
import { once } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { createShellTransport, createWebTransport } from '../../../../src/ui/client/transport.ts'

let server: WebSocketServer | undefined

afterEach(async () => {
  server?.clients.forEach(client => client.terminate())
  server?.close()
  if (server)
    await once(server, 'close')
  server = undefined
})

/** A console that only signs in: takes these tokens and sessions, once each token. */
async function console(accepted: { tokens: string[], sessions: string[] }): Promise<{ host: string, seen: unknown[] }> {
  const seen: unknown[] = []
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  server.on('connection', socket => socket.once('message', (data) => {
    const given = JSON.parse(String(data)) as { token?: string, session?: string }
    seen.push(given)
    const token = accepted.tokens.indexOf(given.token ?? '')
    if (token >= 0) {
      accepted.tokens.splice(token, 1)
      accepted.sessions.push('new-session')
      socket.send('{"session":"new-session"}')
    }
    else if (accepted.sessions.includes(given.session ?? '')) {
      socket.send(JSON.stringify({ session: given.session }))
    }
    else {
      socket.close(4401)
    }
  }))
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

/** The address bar, history and storage of a page. */
function place(host: string, hash: string, stored: Record<string, string> = {}, otherTab?: string): WebPlace & { stored: Record<string, string>, shown: string[], offered: string[] } {
  const shown: string[] = []
  const offered: string[] = []
  return {
    sharing: { ask: async () => otherTab, offer: session => void offered.push(session) },
    offered,
    location: { hash, host, pathname: '/', search: '', protocol: 'http:' },
    history: { state: { kept: true }, replaceState: (_state, _title, url) => { shown.push(String(url)) } },
    storage: { getItem: name => stored[name] ?? null, setItem: (name, value) => { stored[name] = value }, removeItem: (name) => { delete stored[name] } },
    stored,
    shown,
  }
}

const signal = new AbortController().signal

describe('the web transport', () => {
  it('takes the token out of the address at once, signs in with it and keeps the session', async () => {
    const { host, seen } = await console({ tokens: ['tok-1'], sessions: [] })
    const page = place(host, '#t=tok-1')
    const transport = createWebTransport(page)
    expect(page.shown).toEqual(['/'])
    const port = await transport.open(signal)
    port.close()
    expect(seen).toEqual([{ token: 'tok-1' }])
    expect(page.stored).toEqual({ 'thingbench.session': 'new-session' })
  })

  it('signs in with the session after a reload and after a lost connection', async () => {
    const { host, seen } = await console({ tokens: ['tok-1'], sessions: [] })
    const page = place(host, '#t=tok-1')
    const transport = createWebTransport(page)
    const first = await transport.open(signal)
    first.close()
    const second = await transport.open(signal)
    second.close()
    const reloaded = await createWebTransport(place(host, '', page.stored)).open(signal)
    reloaded.close()
    expect(seen).toEqual([{ token: 'tok-1' }, { session: 'new-session' }, { session: 'new-session' }])
  })

  it('falls back on its session when an address is opened a second time in the same tab', async () => {
    const { host, seen } = await console({ tokens: [], sessions: ['old'] })
    const port = await createWebTransport(place(host, '#t=used', { 'thingbench.session': 'old' })).open(signal)
    port.close()
    expect(seen).toEqual([{ token: 'used' }, { session: 'old' }])
  })

  it('is refused with a used token, and forgets a session that is no longer accepted', async () => {
    const { host } = await console({ tokens: [], sessions: [] })
    await expect(createWebTransport(place(host, '#t=used')).open(signal)).rejects.toMatchObject({ code: 'connection/refused' })
    const page = place(host, '', { 'thingbench.session': 'of another run' })
    await expect(createWebTransport(page).open(signal)).rejects.toMatchObject({ code: 'connection/refused' })
    expect(page.stored).toEqual({})
  })

  it('is refused without a token or session, and asks nobody', async () => {
    const page = place('127.0.0.1:1', '')
    await expect(createWebTransport(page).open(signal)).rejects.toMatchObject({ code: 'connection/refused' })
    expect(page.shown).toEqual([])
  })

  it('takes the session of another tab when it has none, and offers what it has', async () => {
    const { host, seen } = await console({ tokens: [], sessions: ['shared'] })
    const page = place(host, '', {}, 'shared')
    const port = await createWebTransport(page).open(signal)
    port.close()
    expect(seen).toEqual([{ session: 'shared' }])
    expect(page.stored).toEqual({ 'thingbench.session': 'shared' })
    expect(page.offered).toEqual(['shared'])
  })

  it('does not ask other tabs for the sake of an address that was used', async () => {
    const { host, seen } = await console({ tokens: [], sessions: ['shared'] })
    await expect(createWebTransport(place(host, '#t=used', {}, 'shared')).open(signal)).rejects.toMatchObject({ code: 'connection/refused' })
    expect(seen).toEqual([{ token: 'used' }])
  })

  it('does not try the same session twice', async () => {
    const { host, seen } = await console({ tokens: [], sessions: [] })
    await expect(createWebTransport(place(host, '', { 'thingbench.session': 'old' }, 'old')).open(signal)).rejects.toMatchObject({ code: 'connection/refused' })
    expect(seen).toEqual([{ session: 'old' }])
  })

  it('leaves a fragment that is a page of the app alone', () => {
    const page = place('127.0.0.1:1', '#/trace')
    createWebTransport(page)
    expect(page.shown).toEqual([])
  })

  it('says that nobody answers, which is worth another attempt', async () => {
    const { host } = await console({ tokens: [], sessions: [] })
    server!.close()
    await once(server!, 'close')
    server = undefined
    await expect(createWebTransport(place(host, '#t=tok-1')).open(signal)).rejects.toMatchObject({ code: 'connection/lost' })
  })
})

describe('the shell\'s transport', () => {
  /** A page in the shell: what it is asked, and how a port reaches it. */
  function shell() {
    const page = new EventTarget()
    const listeners: { lost?: () => void } = {}
    let asked = 0
    const bridge: ShellBridge = {
      kind: 'electron',
      versions: { electron: '45', chrome: '155', node: '24' },
      requestEngine: () => { asked += 1 },
      onEngineLost: (listener) => { listeners.lost = listener },
      onCommand: () => {},
      setLocale: () => {},
    }
    const deliver = (data: unknown, source: unknown = page): MessageChannel => {
      const channel = new MessageChannel()
      page.dispatchEvent(Object.assign(new Event('message'), { data, source, ports: [channel.port1] }))
      return channel
    }
    return { page, bridge, deliver, lose: () => listeners.lost?.(), get asked() {
      return asked
    } }
  }

  it('asks the shell and takes the port that comes', async () => {
    const made = shell()
    const transport = createShellTransport(made.bridge, made.page as Window)
    const opening = transport.open(signal)
    expect(made.asked).toBe(1)
    const channel = made.deliver('thingbench:engine-port')
    const port = await opening
    const received = new Promise(resolve => port.onMessage(resolve))
    channel.port2.postMessage({ t: 'hello' })
    expect(await received).toEqual({ t: 'hello' })
    port.close()
  })

  it('ignores messages of others and of another kind', async () => {
    const made = shell()
    const opening = createShellTransport(made.bridge, made.page as Window).open(signal)
    const foreign = [made.deliver('thingbench:engine-port', {}), made.deliver('other')]
    const channel = made.deliver('thingbench:engine-port')
    const port = await opening
    const received = new Promise(resolve => port.onMessage(resolve))
    channel.port2.postMessage('ours')
    expect(await received).toBe('ours')
    port.close()
    foreign.forEach(({ port1 }) => port1.close())
  })

  it('closes the port when the shell says that the engine is gone', async () => {
    const made = shell()
    const transport = createShellTransport(made.bridge, made.page as Window)
    const opening = transport.open(signal)
    made.deliver('thingbench:engine-port')
    const port = await opening
    const closed = new Promise<void>(resolve => port.onClose(resolve))
    made.lose()
    await closed
  })

  it('no longer waits when the page is done', async () => {
    const made = shell()
    const controller = new AbortController()
    const opening = createShellTransport(made.bridge, made.page as Window).open(controller.signal)
    controller.abort()
    await expect(opening).rejects.toMatchObject({ code: 'connection/lost' })
  })
})
