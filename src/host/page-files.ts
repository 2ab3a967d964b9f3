import type { PageHeadersOptions } from '../shared/page-policy.ts'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { buildPageHeaders, contentTypeOf, resolvePagePath } from '../shared/page-policy.ts'
import { unbuiltPage } from './unbuilt-page.ts'

/** An answer to a request for a file of the page, in the form that both `node:http` and a `Response` take. */
export interface PageAnswer {
  status: 200 | 304 | 400 | 404 | 503
  headers: Record<string, string>
  body: Uint8Array
}

/** Serves the built page from a folder; `askedTag` is the request's If-None-Match. */
export interface PageFiles { read: (pathname: string, askedTag?: string) => Promise<PageAnswer> }

const encoder = new TextEncoder()

/**
 * The files of the built page. They are looked up at each request, so that a page built anew is served at once, and read
 * as a whole: a file that vanishes meanwhile is a 404 and nothing worse. When the page was never built, a page says how.
 */
export function createPageFiles(rendererDir: string, options: PageHeadersOptions = {}): PageFiles {
  const security = buildPageHeaders(options)
  const answer = (status: PageAnswer['status'], headers: Record<string, string>, body: Uint8Array | string = ''): PageAnswer => {
    const bytes = typeof body === 'string'
      ? encoder.encode(body)
      : body
    return {
      status,
      headers: {
        ...security,
        ...headers,
        'Content-Length': String(bytes.byteLength),
      },
      body: bytes,
    }
  }
  const text = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }

  return {
    async read(pathname, askedTag) {
      const name = resolvePagePath(pathname)
      if (name === undefined)
        return answer(400, text, 'This is not a path of the page.\n')
      const file = path.join(rendererDir, name)
      try {
        const { size, mtimeMs } = await stat(file)
        const tag = `W/"${size}-${Math.trunc(mtimeMs)}"`
        // Names in assets/ carry a hash of their content; everything else is asked for again.
        const caching = {
          'ETag': tag,
          'Cache-Control': name.startsWith('assets/')
            ? 'public, max-age=31536000, immutable'
            : 'no-cache',
        }
        if (askedTag === tag)
          return answer(304, caching)
        return answer(200, {
          ...caching,
          'Content-Type': contentTypeOf(name),
        }, await readFile(file))
      }
      catch {
        return name === 'index.html'
          ? answer(503, { ...text, 'Content-Type': 'text/html; charset=utf-8' }, unbuiltPage)
          : answer(404, text, 'The page has no such file.\n')
      }
    },
  }
}
