import type { ApiCall } from '../../../../../src/shared/contract/openapi.ts'
import { expect, it } from 'vitest'
import { matchesQuery, toCallQuery, valuesFromQuery } from '../../../../../src/ui/features/cloud-api/call-filter.ts'

const call: ApiCall = { callId: 1, requestId: 'AB12', at: 0, action: 'SetDeviceProperty', style: 'RPC', httpMethod: 'POST', accessKeyId: 'k', remoteAddress: '', status: 200, code: 'iot.device.NotExistedDevice', message: '', elapsedMs: 1, traceRowId: 1, traceId: '', device: { productKey: 'a1', deviceName: 'Hall-7' } }

it('shows a live call where the engine would find it', () => {
  const shown = (query: Parameters<typeof matchesQuery>[1], of: ApiCall = call): boolean => matchesQuery(of, query)
  expect(['property', 'ab12', 'notexisted', 'hall-7'].every(search => shown({ search }))).toBe(true)
  expect(shown({ search: 'a1' })).toBe(false)
  expect(shown({ action: 'SetDeviceProperty', state: 'failed' })).toBe(true)
  expect(shown({ action: 'SetDevice' })).toBe(false)
  expect(shown({ state: 'successful' })).toBe(false)
  expect(shown({ state: 'successful' }, { ...call, code: '', device: null })).toBe(true)
})

it('takes from an address what follows its rules', () => {
  expect(toCallQuery(valuesFromQuery({ action: 'Pub', state: 'failed', text: 'x', other: 'y' }))).toEqual({ action: 'Pub', state: 'failed', search: 'x' })
  expect(toCallQuery(valuesFromQuery({ action: 'x'.repeat(65), state: 'perhaps', text: ['a', 'b'] }))).toEqual({})
})
