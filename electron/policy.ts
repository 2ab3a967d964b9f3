/**
 * What the page in a window may do. Pure decisions, so that each of them can be tested without Electron; the checklist
 * they follow is Electron's own security guide.
 */

/** Scheme and origin under which the page is served; a scheme of our own, so that the page has no rights to files. */
export const appScheme = 'app'
export const appOrigin = 'app://thingbench'

/** True when a URL belongs to the page itself. `pageOrigin` is the app's own, or the dev server's during development. */
export function isPageUrl(url: string, pageOrigin: string): boolean {
  try {
    // `URL.origin` is "null" for schemes that only Electron knows as standard, so scheme and host are compared.
    const { protocol, host } = new URL(url)
    return `${protocol}//${host}` === pageOrigin
  }
  catch {
    return false
  }
}

/** Where a link that leaves the page may go: the user's browser or mail program, never a window of ours. */
export function isExternalLink(url: string): boolean {
  try {
    return ['https:', 'mailto:'].includes(new URL(url).protocol)
  }
  catch {
    return false
  }
}

/** What happens when the page, or a script in it, wants to go somewhere. */
export function decideNavigation(url: string, pageOrigin: string): 'allow' | 'open-outside' | 'deny' {
  if (isPageUrl(url, pageOrigin))
    return 'allow'
  return isExternalLink(url) ? 'open-outside' : 'deny'
}

const allowedPermissions = new Set(['clipboard-sanitized-write', 'fullscreen'])

/** Everything is denied but writing text to the clipboard and full screen, and these only to the page itself. */
export function decidePermission(permission: string, requestingUrl: string, pageOrigin: string): boolean {
  return allowedPermissions.has(permission) && isPageUrl(requestingUrl, pageOrigin)
}

/** The frame that sent a message, as far as it matters; null when it has gone. */
export interface SenderFrame { url: string, parent: unknown }

/** True when a message to main comes from the page itself: its main frame, and still on its origin. */
export function isTrustedSender(frame: SenderFrame | null, pageOrigin: string): boolean {
  return frame !== null && frame.parent === null && isPageUrl(frame.url, pageOrigin)
}

const reloadsMax = 3
const reloadsWithinMs = 60_000

/** Whether a page whose process died is loaded again; `diedAt` holds the instants of its deaths so far, this one included. */
export function shouldReload(diedAt: number[], now: number): boolean {
  return diedAt.filter(at => now - at < reloadsWithinMs).length <= reloadsMax
}
