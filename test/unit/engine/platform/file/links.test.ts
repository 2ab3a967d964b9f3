import type { IncomingMessage } from 'node:http'
import { expect, it } from 'vitest'
import { FileLinks } from '../../../../../src/engine/platform/file/links.ts'
import { limits } from '../../../../../src/shared/limits.ts'

const file = { fileId: '0123456789abcdef', deviceId: 7, name: 'a.log', size: 3, crc64: '', uploadedAt: 0, extra: null }

function open() {
  const state = { now: 0, tokens: 0, files: [file] }
  const links = new FileLinks({ now: () => state.now, makeToken: () => `t${++state.tokens}`, disk: { read: () => Promise.resolve(Buffer.from('abc')) }, files: { of: () => state.files } })
  const get = async (path: string): Promise<number> => (await links.route.respond({ method: 'GET' } as IncomingMessage, path)).status
  return { state, links, get }
}

it('serves a file until its time is over', async () => {
  const { state, links, get } = open()
  const { path, expiresAt } = links.make(file)
  expect([path, expiresAt]).toEqual(['/file/t1/a.log', limits.fileLinkMs])
  state.now = limits.fileLinkMs - 1
  expect(await get(path)).toBe(200)
  state.now++
  expect(await get(path)).toBe(404)
})

it('serves no file that has gone, and no address that was never made', async () => {
  const { state, links, get } = open()
  const { path } = links.make(file)
  state.files = []
  expect(await get(path)).toBe(404)
  expect(await get('/file/t2/a.log')).toBe(404)
  expect(await get('/file/')).toBe(404)
})

it('lets the oldest address go when there are too many', async () => {
  const { links, get } = open()
  const paths = Array.from({ length: limits.fileLinksMax + 1 }, () => links.make(file).path)
  expect(await get(paths[0]!)).toBe(404)
  expect(await get(paths[1]!)).toBe(200)
  expect(await get(paths.at(-1)!)).toBe(200)
})
