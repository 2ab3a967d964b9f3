import type { Clock } from '../../shared/clock.ts'

const reloadedKey = 'thingbench.reloadedAt'
const pauseMs = 30_000

/**
 * A page that stayed open while the product was replaced asks for code that is gone; loading it anew is the remedy. It is
 * tried once in half a minute, so that code that is missing for good ends in an error instead of a page that reloads for ever.
 */
export function reloadWhenCodeIsGone(page: Pick<Window, 'addEventListener' | 'location' | 'sessionStorage'>, clock: Pick<Clock, 'now'>): void {
  page.addEventListener('vite:preloadError', (event: Event) => {
    const reloadedAt = Number(page.sessionStorage.getItem(reloadedKey) ?? 0)
    if (clock.now() - reloadedAt < pauseMs)
      return
    event.preventDefault()
    page.sessionStorage.setItem(reloadedKey, String(clock.now()))
    page.location.reload()
  })
}
