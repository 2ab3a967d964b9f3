import type { DebugOperation } from '../../../../../src/ui/features/debug/forecast.ts'
import { expect, it } from 'vitest'
import { forecast } from '../../../../../src/ui/features/debug/forecast.ts'

function all(circumstances: Parameters<typeof forecast>[1]) {
  return Object.fromEntries((['get', 'set', 'desired', 'sync', 'async', 'message'] satisfies DebugOperation[]).map((operation) => {
    const { kind, code } = forecast(operation, circumstances)
    return [operation, code === null ? kind : `${kind} ${code}`]
  }))
}
const usual = { gatewayAway: false, pushOnConnect: false }
const refused = (code: number) => ({ set: `refused ${code}`, sync: `refused ${code}`, async: `refused ${code}`, message: `refused ${code}` })

it('says of a device that is online that everything is sent', () => {
  expect(all({ ...usual, state: 'ONLINE' })).toEqual({ get: 'reply', set: 'reply', desired: 'both', sync: 'reply', async: 'sent', message: 'sent' })
})

it('says with which code a device that is away refuses, and what is stored for it', () => {
  expect(all({ ...usual, state: 'OFFLINE' })).toEqual({ get: 'known 9201', ...refused(9201), desired: 'fetched' })
  expect(all({ ...usual, state: 'UNACTIVE' })).toEqual({ get: 'unknown 9200', ...refused(9200), desired: 'fetched' })
  expect(all({ ...usual, state: 'OFFLINE', gatewayAway: true })).toEqual({ get: 'known 9389', ...refused(9389), desired: 'fetched' })
})

it('says that a disabled device takes no desired values either', () => {
  expect(all({ ...usual, state: 'DISABLE' })).toEqual({ get: 'known 6208', ...refused(6208), desired: 'refused 6208' })
})

it('knows that desired values can be sent at the next connect', () => {
  expect(forecast('desired', { state: 'OFFLINE', gatewayAway: false, pushOnConnect: true })).toEqual({ kind: 'pushed', code: null })
})
