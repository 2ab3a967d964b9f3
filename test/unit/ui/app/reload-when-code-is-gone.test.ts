import { expect, it } from 'vitest'
import { VirtualClock } from '../../../../src/shared/clock.ts'
import { reloadWhenCodeIsGone } from '../../../../src/ui/app/reload-when-code-is-gone.ts'

it('loads the page anew once, and not for ever', () => {
  const clock = new VirtualClock()
  const stored = new Map<string, string>()
  let reloads = 0
  const page = Object.assign(new EventTarget(), {
    location: { reload: () => void reloads++ },
    sessionStorage: { getItem: (key: string) => stored.get(key) ?? null, setItem: (key: string, value: string) => void stored.set(key, value) },
  })
  reloadWhenCodeIsGone(page as unknown as Window, clock)
  const fail = (): boolean => page.dispatchEvent(new Event('vite:preloadError', { cancelable: true }))

  expect([fail(), reloads]).toEqual([false, 1])
  expect([fail(), reloads]).toEqual([true, 1])
  clock.advance(60_000)
  expect([fail(), reloads]).toEqual([false, 2])
})
