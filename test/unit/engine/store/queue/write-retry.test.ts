import type { StoreNotice } from '../../../../../src/engine/store/types.ts'
import { expect, it } from 'vitest'
import { createWriteRetry } from '../../../../../src/engine/store/queue/write-retry.ts'
import { VirtualClock } from '../../../../../src/shared/clock.ts'

function open() {
  const clock = new VirtualClock(0)
  const notices: StoreNotice[] = []
  const tries: number[] = []
  const retry = createWriteRetry({ clock, onNotice: notice => notices.push(notice), retry: () => tries.push(clock.now()) })
  return { clock, notices, tries, retry }
}

it('tries again after growing pauses of at most five seconds, and tells of it once', () => {
  const { clock, notices, tries, retry } = open()
  for (let failures = 0; failures < 8; failures++) {
    retry.failed('The disk is full.')
    while (tries.length === failures)
      clock.advance(100)
  }
  expect(tries.map((at, i) => at - (tries[i - 1] ?? 0))).toEqual([200, 400, 800, 1600, 3200, 5000, 5000, 5000])
  expect(notices).toEqual([{ code: 'write-failing', message: 'The disk is full. New messages wait in memory; writing is tried again until it works.', at: 0 }])
  expect(retry.failing).toBe('The disk is full.')
})

it('says when it works again, and begins with a short pause the next time', () => {
  const { clock, notices, tries, retry } = open()
  retry.failed('The disk is full.')
  clock.advance(200)
  retry.failed('The disk is full.')
  retry.succeeded()
  clock.advance(10_000)
  retry.succeeded()
  expect([retry.failing, tries]).toEqual([null, [200]])
  expect(notices[1]).toEqual({ code: 'write-resumed', message: 'The workspace can be written again, after 0 s.', at: 200 })
  retry.failed('Permission denied.')
  clock.advance(200)
  expect(tries).toHaveLength(2)
})

it('leaves no alarm behind when it is closed or the writer is gone', () => {
  for (const end of ['close', 'gaveUp'] as const) {
    const { clock, tries, retry } = open()
    retry.failed('The disk is full.')
    retry[end]('The thread has failed.')
    if (end === 'close')
      retry.failed('The disk is full.')
    clock.advance(100_000)
    expect(tries).toEqual([])
  }
})
