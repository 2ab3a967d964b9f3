import { expect, it } from 'vitest'
import { FrameTimes } from '../../../../src/ui/session/frame-times.ts'

/** Frames that come when they are told to. */
function screen(): { times: FrameTimes, draw: (...at: number[]) => number } {
  let waiting: ((at: number) => void) | undefined
  const times = new FrameTimes(run => waiting = run)
  return {
    times,
    draw: (...instants) => {
      let drawn = 0
      for (const at of instants) {
        const run = waiting
        waiting = undefined
        if (run)
          drawn++
        run?.(at)
      }
      return drawn
    },
  }
}

it('times a few pictures a look, and rests then', () => {
  const { times, draw } = screen()
  expect(times.p95()).toBeNull()
  times.measure()
  times.measure()
  expect(draw(0, 16, 32, 48, 64, 80, 96, 112, 128)).toBe(7)
  expect(times.p95()).toBe(16)
  times.measure()
  draw(1_000, 1_016, 1_032, 1_048, 1_298, 1_314, 1_330)
  expect(times.p95()).toBe(250)
})

it('knows nothing of a page that is hidden', () => {
  const { times, draw } = screen()
  times.measure()
  draw(0, 400)
  times.forget()
  expect(draw(60_000)).toBe(1)
  expect(times.p95()).toBeNull()
  times.measure()
  draw(61_000, 61_016, 61_032, 61_048, 61_064, 61_080, 61_096)
  expect(times.p95()).toBe(16)
})
