// @vitest-environment happy-dom
import type { ApiClient } from '../../../../../src/shared/contract/contract.ts'
import type { ApiCall } from '../../../../../src/shared/contract/openapi.ts'
import type { CallQuery } from '../../../../../src/ui/features/cloud-api/call-filter.ts'
import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { computed, ref } from 'vue'
import { useLiveCalls } from '../../../../../src/ui/features/cloud-api/use-live-calls.ts'
import { createEngineDouble } from '../../session/engine-double.ts'

const call = (callId: number, code = ''): ApiCall => ({ callId, requestId: `R${callId}`, at: callId, action: 'Pub', style: 'RPC', httpMethod: 'POST', accessKeyId: 'k', remoteAddress: '', status: 200, code, message: '', elapsedMs: 1, traceRowId: 1, traceId: '', device: null })

async function watched(kept: ApiCall[]) {
  let send: (item: { calls: ApiCall[] }) => void = () => {}
  const api = {
    call: (_name: string, { before = Infinity, state, limit }: { before?: number, state?: string, limit: number }) => {
      const calls = kept.filter(({ callId, code }) => callId < before && (state === undefined || (code === '') === (state === 'successful'))).sort((a, b) => b.callId - a.callId).slice(0, limit)
      return Promise.resolve({ calls, nextId: calls.length === limit ? calls.at(-1)!.callId : null, keptMax: 5_000 })
    },
    subscribe: (_name: string, _input: unknown, onItem: typeof send) => {
      send = onItem
      return new Promise<void>(() => {})
    },
  } as unknown as ApiClient
  const double = createEngineDouble(api)
  const query = ref<CallQuery>({})
  const held = ref(false)
  double.set({ state: 'online' })
  const { result, unmount } = double.run(() => useLiveCalls(computed(() => query.value), held, [query]))
  await flushPromises()
  const come = (...calls: ApiCall[]): void => {
    kept.push(...calls)
    send({ calls })
  }
  return { calls: result, ids: () => result.rows.value.map(({ callId }) => callId), query, held, come, unmount }
}

it('puts new calls on top, each once, also when the list is read anew', async () => {
  const { calls, ids, come, unmount } = await watched([call(1), call(2)])
  come(call(3), call(4))
  expect(ids()).toEqual([4, 3, 2, 1])
  await calls.reload()
  expect(ids()).toEqual([4, 3, 2, 1])
  unmount()
})

it('holds them back while somebody reads, counts them, and lets them in afterwards', async () => {
  const { calls, ids, held, come, unmount } = await watched([call(1)])
  come(call(2))
  held.value = true
  come(call(3))
  come(call(4))
  expect(ids()).toEqual([2, 1])
  expect(calls.waiting.value).toBe(2)
  held.value = false
  expect(ids()).toEqual([4, 3, 2, 1])
  expect(calls.waiting.value).toBe(0)
  unmount()
})

it('lets only those in that match the search', async () => {
  const { ids, query, come, unmount } = await watched([call(1), call(2, 'iot.x')])
  query.value = { state: 'failed' }
  await flushPromises()
  come(call(3), call(4, 'iot.y'))
  expect(ids()).toEqual([4, 2])
  unmount()
})

it('reads the list anew when more have come than it holds', async () => {
  const { ids, come, unmount } = await watched([])
  come(...Array.from({ length: 1_200 }, (_, at) => call(at + 1)))
  await flushPromises()
  expect(ids()[0]).toBe(1_200)
  expect(new Set(ids()).size).toBe(ids().length)
  unmount()
})
