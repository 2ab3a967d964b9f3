import type { DeviceRecord } from '../../../src/engine/platform/device/registry.ts'
import { expect, it } from 'vitest'
import { whyUnreachable } from '../../../src/engine/why-unreachable.ts'

const record: DeviceRecord = {
  deviceId: 1,
  productKey: 'a1',
  deviceName: 'lamp',
  deviceSecret: 's',
  iotId: 'i',
  nickname: '',
  disabled: false,
  simulated: false,
  createdAt: 1,
  activatedAt: 2,
  lastOnlineAt: 3,
  lastOfflineAt: null,
  modifiedAt: 1,
  switchedAt: null,
  deletedAt: null,
  online: true,
  lastProblem: null,
}

it.each([
  ['an online device', record, null],
  ['a disabled one, also while it is still connected', { ...record, disabled: true }, 6208],
  ['one that was never there', { ...record, online: false, activatedAt: null }, 9200],
  ['one that is away', { ...record, online: false, lastOfflineAt: 4 }, 9201],
  ['a deleted one', { ...record, deletedAt: 5 }, 6100],
  ['none', undefined, 6100],
])('says of %s: %j', (_what, device, code) => {
  expect(whyUnreachable(device)?.code ?? null).toBe(code)
})

it.each([
  ['away with its gateway', { ...record, online: false }, { deviceName: 'gate', online: false }, 9389],
  ['away from a gateway that is there', { ...record, online: false }, { deviceName: 'gate', online: true }, 9201],
  ['never there, whatever its gateway does', { ...record, online: false, activatedAt: null }, { deviceName: 'gate', online: false }, 9200],
  ['on a connection of its own', record, { deviceName: 'gate', online: false }, null],
])('says of a sub-device that is %s: %j', (_what, device, gateway, code) => {
  expect(whyUnreachable(device, gateway)?.code ?? null).toBe(code)
})
