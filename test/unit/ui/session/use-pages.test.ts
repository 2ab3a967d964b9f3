// @vitest-environment happy-dom
import type { ApiClient } from '../../../../src/shared/contract/contract.ts'
import type { Page } from '../../../../src/ui/session/use-pages.ts'
import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { ref } from 'vue'
import { AppError } from '../../../../src/shared/errors.ts'
import { usePages } from '../../../../src/ui/session/use-pages.ts'
import { createEngineDouble } from './engine-double.ts'

/** A search whose answers the test gives, as the engine would: withdrawing one ends it with an error. */
function search() {
  const asked: { from: number | undefined, answer: (page: Page<number, number>) => Promise<void>, signal: AbortSignal }[] = []
  const double = createEngineDouble({ call: () => Promise.reject(new Error('not asked')) } as unknown as ApiClient)
  double.set({ state: 'online' })
  const filter = ref('a')
  const { result, unmount } = double.run(() => usePages<number, number>((from, signal) => new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new AppError('call/cancelled', 'withdrawn')))
    asked.push({ signal, from, answer: async (page) => {
      resolve(page)
      await flushPromises()
    } })
  }), [filter]))
  return { asked, filter, pages: result, unmount }
}
const cut = (rows: number[], next: number | null, scannedShare = 0.5): Page<number, number> => ({ rows, next, scanned: { scannedAt: next, scannedShare } })
const span = (count: number): number[] => Array.from({ length: count }, (_, at) => at)

it('goes on by itself while an answer has less than a screen, shows what came so far and how far it is', async () => {
  const { asked, pages, unmount } = search()
  await asked[0]!.answer(cut([], 900, 0.1))
  expect([pages.rows.value, pages.loading.value, pages.scan.value]).toEqual([[], true, { scannedAt: 900, scannedShare: 0.1 }])
  await asked[1]!.answer(cut([899], 800, 0.2))
  expect([asked[1]!.from, asked[2]!.from, pages.rows.value]).toEqual([900, 800, [899]])
  await asked[2]!.answer(cut(span(60), 700, 0.3))
  expect([asked.length, pages.rows.value.length, pages.loading.value, pages.scan.value, pages.hasMore.value]).toEqual([3, 61, false, null, true])
  unmount()
})

it('keeps what it found and its place when it is stopped, loads nothing by itself then, and goes on from there', async () => {
  const { asked, pages, unmount } = search()
  await asked[0]!.answer(cut([950], 900))
  pages.stop()
  await flushPromises()
  expect(asked[1]!.signal.aborted).toBe(true)
  expect([pages.rows.value, pages.loading.value, pages.stopped.value, pages.scan.value?.scannedAt, pages.error.value]).toEqual([[950], false, true, 900, null])
  await pages.loadMore()
  expect(asked.length).toBe(2)
  void pages.goOn()
  expect([asked[2]!.from, pages.stopped.value]).toEqual([900, false])
  await asked[2]!.answer(cut([800], null, 1))
  expect([pages.rows.value, pages.hasMore.value, pages.scan.value]).toEqual([[950, 800], false, null])
  unmount()
})

it('begins anew with other conditions, also while it is stopped or before the first answer has come', async () => {
  const { asked, filter, pages, unmount } = search()
  pages.stop()
  await flushPromises()
  void pages.goOn()
  expect(asked.map(({ from }) => from)).toEqual([undefined, undefined])
  await asked[1]!.answer(cut([5], 4))
  filter.value = 'b'
  await flushPromises()
  expect([asked[2]!.signal.aborted, asked[3]!.from, pages.scan.value]).toEqual([true, undefined, null])
  await asked[3]!.answer({ rows: [1], next: 0, scanned: null })
  expect([pages.rows.value, pages.loading.value, asked.length]).toEqual([[1], false, 4])
  unmount()
})
