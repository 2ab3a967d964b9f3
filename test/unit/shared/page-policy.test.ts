import { describe, expect, it } from 'vitest'
import { buildPageHeaders, contentTypeOf, resolvePagePath } from '../../../src/shared/page-policy.ts'

describe('the headers of the page', () => {
  it('allow scripts from the page\'s own files only, and nothing to frame or be framed', () => {
    expect(buildPageHeaders()).toMatchInlineSnapshot(`
      {
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
      }
    `)
  })

  it('let the page connect to the sockets it is told of and to nothing else', () => {
    expect(buildPageHeaders({ sockets: ['ws://127.0.0.1:41', 'ws://localhost:41'] })['Content-Security-Policy']).toContain('; connect-src \'self\' ws://127.0.0.1:41 ws://localhost:41; ')
  })
})

describe('a path of the page', () => {
  it.each([
    ['/', 'index.html'],
    ['/index.html', 'index.html'],
    ['/icon.svg', 'icon.svg'],
    ['/assets/index-a1b2.js', 'assets/index-a1b2.js'],
    ['/assets//x.js', 'assets/x.js'],
    ['/fleets', 'index.html'],
    ['/devices/a1/sensor.1', 'index.html'],
  ])('%s is %s', (pathname, file) => {
    expect(resolvePagePath(pathname)).toBe(file)
  })

  it.each(['/../secret', '/assets/../../secret', '/assets/%2e%2e/secret', '/assets/..%2fsecret', '/%2e%2e', '/.git/config', '/assets/.hidden', '/a\\b', '/assets/%5c..', '/a%00b', '/%', '/%E0%A4%A'])('%s is none', (pathname) => {
    expect(resolvePagePath(pathname)).toBeUndefined()
  })

  it('has a media type by its extension', () => {
    expect(['a.js', 'a.CSS', 'b/c.woff2', 'x.svg', 'index.html', 'noextension', 'a.b.unknown'].map(contentTypeOf)).toEqual(['text/javascript; charset=utf-8', 'text/css; charset=utf-8', 'font/woff2', 'image/svg+xml', 'text/html; charset=utf-8', 'application/octet-stream', 'application/octet-stream'])
  })
})
