/**
 * What both hosts say about the page they serve, the web host over HTTP and the desktop shell over its own scheme: one
 * place, so that neither is laxer than the other.
 */

export interface PageHeadersOptions {
  /** Where else the page may connect to, besides where it came from: `ws://127.0.0.1:4100`. */
  sockets?: string[]
}

/**
 * The security headers of every answer. The policy allows scripts only from the page's own files and nothing that makes
 * code from text; inline styles are allowed because the widget library writes its style sheets at run time.
 */
export function buildPageHeaders({ sockets = [] }: PageHeadersOptions = {}): Record<string, string> {
  const policy = {
    'default-src': '\'none\'',
    'script-src': '\'self\'',
    'style-src': '\'self\' \'unsafe-inline\'',
    'img-src': '\'self\' data: blob:',
    'font-src': '\'self\'',
    'connect-src': ['\'self\'', ...sockets].join(' '),
    'worker-src': '\'self\' blob:',
    'base-uri': '\'none\'',
    'form-action': '\'none\'',
    'frame-ancestors': '\'none\'',
  }
  return {
    'Content-Security-Policy': Object.entries(policy).map(([directive, sources]) => `${directive} ${sources}`).join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
  }
}

/**
 * Which file of the built page a URL path stands for, relative to its folder: a file in `assets/`, one at the top with an
 * extension, or `index.html` for every other path (a device name may hold a dot, so an extension further down means
 * nothing). Undefined for a path that no file of the page can have.
 */
export function resolvePagePath(pathname: string): string | undefined {
  let decoded: string
  try {
    decoded = decodeURIComponent(pathname)
  }
  catch {
    return undefined
  }
  const segments = decoded.split('/').filter(segment => segment !== '')
  if (/[\0\\]/.test(decoded) || segments.some(segment => segment.startsWith('.')))
    return undefined
  const isFile = segments[0] === 'assets' || (segments.length === 1 && segments[0]!.includes('.'))
  return isFile
    ? segments.join('/')
    : 'index.html'
}

const contentTypes: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  map: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
  ttf: 'font/ttf',
  txt: 'text/plain; charset=utf-8',
  wasm: 'application/wasm',
  webmanifest: 'application/manifest+json',
  woff: 'font/woff',
  woff2: 'font/woff2',
}

/** The media type of a file of the page by its extension. */
export function contentTypeOf(path: string): string {
  return contentTypes[path.slice(path.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream'
}
