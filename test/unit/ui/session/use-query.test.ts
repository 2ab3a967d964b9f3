// @vitest-environment happy-dom
import type { ApiClient } from '../../../../src/shared/contract/contract.ts'
import { flushPromises } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { ref } from 'vue'
import { AppError } from '../../../../src/shared/errors.ts'
import { useQuery } from '../../../../src/ui/session/use-query.ts'
import { createEngineDouble } from './engine-double.ts'

function engine() {
  const asked: { resolve: (value: unknown) => void, reject: (error: unknown) => void, signal: AbortSignal }[] = []
  const api = { call: (_name: string, _input: unknown, options: { signal: AbortSignal }) => new Promise((resolve, reject) => asked.push({ resolve, reject, signal: options.signal })) }
  return { asked, api: api as unknown as ApiClient, double: createEngineDouble(api as unknown as ApiClient) }
}

describe('asking the engine', () => {
  it('waits for a connection, asks again after the next one, and keeps the old answer meanwhile', async () => {
    const { asked, api, double } = engine()
    const { result, unmount } = double.run(() => useQuery(signal => api.call('product.list', {}, { signal })))
    expect([asked.length, result.loading.value]).toEqual([0, true])
    double.set({ state: 'online' })
    await flushPromises()
    asked[0]!.resolve(['a'])
    await flushPromises()
    expect([result.data.value, result.loading.value]).toEqual([['a'], false])
    double.set({ state: 'lost' })
    double.set({ state: 'online' })
    await flushPromises()
    expect([asked.length, result.data.value]).toEqual([2, ['a']])
    unmount()
  })

  it('withdraws a question that a newer one replaces, and does not take its late answer', async () => {
    const { asked, api, double } = engine()
    const key = ref('a')
    double.set({ state: 'online' })
    const { result, unmount } = double.run(() => useQuery(signal => api.call('product.get', { productKey: key.value }, { signal }), [key]))
    await flushPromises()
    key.value = 'b'
    await flushPromises()
    expect(asked[0]!.signal.aborted).toBe(true)
    asked[1]!.resolve('b')
    asked[0]!.resolve('a')
    await flushPromises()
    expect(result.data.value).toBe('b')
    unmount()
    expect(asked[1]!.signal.aborted).toBe(true)
  })

  it('tells what the engine refused, but leaves a lost connection to the frame', async () => {
    const { asked, api, double } = engine()
    double.set({ state: 'online' })
    const { result, unmount } = double.run(() => useQuery(signal => api.call('product.list', {}, { signal })))
    await flushPromises()
    asked[0]!.reject(new AppError('connection/lost', 'gone'))
    await flushPromises()
    expect(result.error.value).toBeNull()
    void result.reload()
    asked[1]!.reject(new AppError('product/not-found', 'No product has that key.'))
    await flushPromises()
    expect(result.error.value).toMatchObject({ code: 'product/not-found', message: 'No product has that key.' })
    unmount()
  })
})
