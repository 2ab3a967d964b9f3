import type { DeviceHttpRoute } from '../../src/engine/platform/device-http.ts'
import type { DeviceHttp } from '../../src/host/web/device-http.ts'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createDeviceHttp } from '../../src/host/web/device-http.ts'
import { silentLog } from '../../src/shared/log.ts'

let http: DeviceHttp

afterEach(() => http.close())

async function serve(routes: DeviceHttpRoute[] = []): Promise<void> {
  http = await createDeviceHttp({ host: '127.0.0.1', port: 0, log: silentLog, routes })
}

/** Everything the listener sends for these bytes, until it closes. */
async function exchange(bytes: string): Promise<string> {
  const socket = connect(http.port, '127.0.0.1')
  let received = ''
  socket.setEncoding('utf8').on('data', (text: string) => { received += text })
  socket.write(bytes)
  await once(socket, 'close')
  return received
}

describe('the HTTP listener for devices', () => {
  it('answers what does not exist with a small JSON object, an exact length and no chunks, whatever the host', async () => {
    await serve()
    const answer = await exchange('GET /ota/none?x=1 HTTP/1.1\r\nHost: board.local\r\nConnection: close\r\n\r\n')
    const [head = '', body = ''] = answer.split('\r\n\r\n')
    expect(head).toMatch(/^HTTP\/1\.1 404 /)
    expect(head.toLowerCase()).toContain(`content-length: ${Buffer.byteLength(body)}`)
    expect(head.toLowerCase()).not.toContain('transfer-encoding')
    expect(JSON.parse(body)).toEqual({ code: 404, message: 'There is nothing at /ota/none.' })
  })

  it('gives a request to the first route whose prefix fits', async () => {
    await serve([
      { prefix: '/ota/', respond: (_request, pathname) => ({ status: 200, headers: { 'Content-Type': 'application/octet-stream' }, body: new Uint8Array([1, 2, 3]).map(byte => byte + pathname.length) }) },
      { prefix: '/', respond: () => ({ status: 200, body: 'any' }) },
    ])
    expect(http.url).toBe(`http://127.0.0.1:${http.port}`)
    const file = await fetch(`${http.url}/ota/a`)
    expect([file.headers.get('content-length'), [...new Uint8Array(await file.arrayBuffer())]]).toEqual(['3', [7, 8, 9]])
    expect(await (await fetch(`${http.url}/auth`, { method: 'POST', body: 'unread' })).text()).toBe('any')
    const head = await fetch(`${http.url}/auth`, { method: 'HEAD' })
    expect([head.headers.get('content-length'), await head.text()]).toEqual(['3', ''])
  })

  it('answers 500 when a route fails, and goes on', async () => {
    await serve([{ prefix: '/bad', respond: () => { throw new Error('no such table') } }])
    const answer = await fetch(`${http.url}/bad`)
    expect([answer.status, await answer.json()]).toEqual([500, { code: 500, message: 'The request could not be answered; the engine\'s log says why.' }])
    expect((await fetch(`${http.url}/other`)).status).toBe(404)
  })

  it('closes a connection that sends what is not HTTP, and only that one', async () => {
    await serve()
    expect(await exchange('\u0010\u001A\u0000\u0004MQTT\u0004\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
    expect((await fetch(http.url)).status).toBe(404)
  })

  it('fails with a sentence when its port is taken', async () => {
    await serve()
    await expect(createDeviceHttp({ host: '127.0.0.1', port: http.port, log: silentLog })).rejects.toMatchObject({ code: 'listen/failed', message: `The HTTP listener for devices cannot listen on 127.0.0.1:${http.port}: another program uses that port.` })
  })

  it('names the loopback address when it listens on every one', async () => {
    http = await createDeviceHttp({ host: '0.0.0.0', port: 0, log: silentLog })
    expect(http.url).toBe(`http://127.0.0.1:${http.port}`)
  })
})
