// @vitest-environment happy-dom
import type { ApiClient } from '../../../../src/shared/contract/contract.ts'
import { flushPromises } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { ref } from 'vue'
import { AppError } from '../../../../src/shared/errors.ts'
import { useSubscription } from '../../../../src/ui/session/use-subscription.ts'
import { createEngineDouble } from './engine-double.ts'

function engine() {
  const streams: { input: unknown, send: (item: never) => void, fail: (error: unknown) => void, signal: AbortSignal }[] = []
  const api = {
    subscribe: (_name: string, input: unknown, send: (item: never) => void, options: { signal: AbortSignal }) => new Promise<void>((_resolve, fail) => streams.push({ input, send, fail, signal: options.signal })),
  }
  return { streams, double: createEngineDouble(api as unknown as ApiClient) }
}

describe('following a stream', () => {
  it('begins anew after a reconnection, puts the old rest away first, and hears nothing more of the old one', async () => {
    const { streams, double } = engine()
    const heard: string[] = []
    double.set({ state: 'online' })
    const { unmount } = double.run(() => useSubscription('fleet.watch', () => ({ fleetId: 'f1' }), item => heard.push(item as unknown as string), () => heard.push('start')))
    await flushPromises()
    streams[0]!.send('one' as never)
    double.set({ state: 'lost' })
    double.set({ state: 'online' })
    streams[0]!.send('late' as never)
    streams[1]!.send('two' as never)
    expect(heard).toEqual(['start', 'one', 'start', 'two'])
    expect(streams[0]!.signal.aborted).toBe(true)
    unmount()
    expect(streams[1]!.signal.aborted).toBe(true)
  })

  it('follows its input, and rests while there is none', async () => {
    const { streams, double } = engine()
    const fleetId = ref<string | null>(null)
    double.set({ state: 'online' })
    const { unmount } = double.run(() => useSubscription('fleet.watch', () => fleetId.value === null ? null : { fleetId: fleetId.value }, () => {}))
    expect(streams).toHaveLength(0)
    fleetId.value = 'a'
    await flushPromises()
    fleetId.value = 'b'
    await flushPromises()
    expect(streams.map(stream => [stream.input, stream.signal.aborted])).toEqual([[{ fleetId: 'a' }, true], [{ fleetId: 'b' }, false]])
    unmount()
  })

  it('tells why a stream failed', async () => {
    const { streams, double } = engine()
    double.set({ state: 'online' })
    const { result, unmount } = double.run(() => useSubscription('fleet.watch', () => ({ fleetId: 'x' }), () => {}))
    streams[0]!.fail(new AppError('fleet/not-found', 'There is no such fleet.'))
    await flushPromises()
    expect(result.error.value).toMatchObject({ code: 'fleet/not-found' })
    unmount()
  })
})
