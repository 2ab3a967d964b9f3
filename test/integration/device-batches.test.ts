import type { ApiClient } from '../../src/shared/contract/contract.ts'
import { describe, expect, it } from 'vitest'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const productKey = 'a1Test'

async function start(): Promise<ApiClient> {
  const { api } = await startEngine()
  await api.call('product.create', { name: 'Lamp', productKey })
  return api
}

async function untilMade(api: ApiClient, applyId: number): Promise<void> {
  await waitFor(async () => (await api.call('deviceBatch.get', { applyId })).status === 'CREATE_SUCCESS')
}

describe('a batch of devices', () => {
  it('keeps the order of its names, and has no devices before it is made', async () => {
    const api = await start()
    const { applyId, status } = await api.call('deviceBatch.check', { productKey, devices: [{ deviceName: 'lamp-0002', nickname: 'Hall lamp' }, { deviceName: 'lamp-0001' }] })
    expect(status).toBe('CHECK_SUCCESS')
    expect(await api.call('deviceBatch.devices', { applyId })).toEqual({ devices: [], total: 0 })
    expect(await api.call('deviceBatch.create', { productKey, applyId })).toMatchObject({ applyId, deviceCount: 2, refused: [], reason: '' })
    await untilMade(api, applyId)
    expect((await api.call('deviceBatch.devices', { applyId })).devices).toMatchObject([{ deviceName: 'lamp-0002', nickname: 'Hall lamp', deviceSecret: expect.stringMatching(/^[0-9a-f]{32}$/) as string }, { deviceName: 'lamp-0001', nickname: '' }])
    await api.call('device.delete', { productKey, deviceName: 'lamp-0002' })
    expect((await api.call('deviceBatch.devices', { applyId, limit: 1 }))).toMatchObject({ total: 1, devices: [{ deviceName: 'lamp-0001' }] })
  })

  it('is made once, alone of its product, and only when its names are all right', async () => {
    const api = await start()
    await expect(api.call('deviceBatch.create', { productKey, applyId: 7 })).rejects.toMatchObject({ code: 'batch/not-found' })
    const wrong = await api.call('deviceBatch.check', { productKey, devices: [{ deviceName: 'x' }] })
    await expect(api.call('deviceBatch.create', { productKey, applyId: wrong.applyId })).rejects.toMatchObject({ code: 'batch/not-ready', message: expect.stringContaining('1 of its 1 names') as string })
    const many = await api.call('deviceBatch.generate', { productKey, count: 3_000 })
    expect(many.status).toBe('CREATE')
    await expect(api.call('deviceBatch.generate', { productKey, count: 1 })).rejects.toMatchObject({ code: 'batch/running', details: { applyId: many.applyId } })
    await untilMade(api, many.applyId)
    await expect(api.call('deviceBatch.create', { productKey, applyId: many.applyId })).rejects.toMatchObject({ code: 'batch/not-ready', message: expect.stringContaining('already') as string })
  })

  it('is not made when its product was deleted', async () => {
    const api = await start()
    const { applyId } = await api.call('deviceBatch.check', { productKey, devices: [{ deviceName: 'lamp-0001' }] })
    await api.call('product.delete', { productKey })
    await expect(api.call('deviceBatch.create', { productKey, applyId })).rejects.toMatchObject({ code: 'product/not-found' })
  })
})
