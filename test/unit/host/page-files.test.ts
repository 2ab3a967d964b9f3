import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createPageFiles } from '../../../src/host/page-files.ts'
import { tempFolder } from '../../support/temp-folder.ts'

/** A built page of two files. */
function builtPage(): string {
  const folder = tempFolder()
  const renderer = path.join(folder, 'renderer')
  mkdirSync(path.join(renderer, 'assets'), { recursive: true })
  writeFileSync(path.join(renderer, 'index.html'), '<!doctype html>page')
  writeFileSync(path.join(renderer, 'assets', 'index-1.js'), 'run()')
  writeFileSync(path.join(folder, 'secret'), 'secret')
  return renderer
}

const text = (body: Uint8Array): string => new TextDecoder().decode(body)

describe('the files of the page', () => {
  it('are served with type, exact length, caching by kind and the policy\'s headers', async () => {
    const files = createPageFiles(builtPage())
    const page = await files.read('/')
    expect(page.status).toBe(200)
    expect(page.headers).toMatchObject({ 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': '19', 'Cache-Control': 'no-cache', 'X-Content-Type-Options': 'nosniff' })
    expect(text(page.body)).toBe('<!doctype html>page')
    const script = await files.read('/assets/index-1.js')
    expect(script.headers).toMatchObject({ 'Content-Type': 'text/javascript; charset=utf-8', 'Cache-Control': 'public, max-age=31536000, immutable' })
  })

  it('answer any other path with the page, and a missing file with 404', async () => {
    const files = createPageFiles(builtPage())
    expect(text((await files.read('/fleets/x')).body)).toBe('<!doctype html>page')
    expect((await files.read('/assets/gone.js')).status).toBe(404)
    expect((await files.read('/favicon.ico')).status).toBe(404)
  })

  it('never leave their folder', async () => {
    const files = createPageFiles(builtPage())
    for (const pathname of ['/../secret', '/assets/..%2f..%2fsecret', '/assets/%2e%2e/%2e%2e/secret'])
      expect((await files.read(pathname)).status, pathname).toBe(400)
  })

  it('are not sent again to a browser that has them', async () => {
    const files = createPageFiles(builtPage())
    const { ETag } = (await files.read('/')).headers
    const again = await files.read('/', ETag)
    expect([again.status, again.body.length]).toEqual([304, 0])
  })

  it('follow a page that is built anew or taken away while they are served', async () => {
    const renderer = builtPage()
    const files = createPageFiles(renderer)
    await files.read('/')
    writeFileSync(path.join(renderer, 'index.html'), '<!doctype html>a newer page')
    expect(text((await files.read('/')).body)).toBe('<!doctype html>a newer page')
    rmSync(renderer, { recursive: true })
    const gone = await files.read('/')
    expect(gone.status).toBe(503)
    expect(gone.headers['Content-Type']).toBe('text/html; charset=utf-8')
    expect(text(gone.body)).toContain('npm run build')
  })

  it('take a folder for no file', async () => {
    expect((await createPageFiles(builtPage()).read('/assets')).status).toBe(404)
  })
})
