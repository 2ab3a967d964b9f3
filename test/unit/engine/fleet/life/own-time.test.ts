import type { Behaviour } from '../../../../../src/shared/contract/behaviour.ts'
import type { JsonObject } from '../../../../../src/shared/json.ts'
import type { ThingModel } from '../../../../../src/shared/thing-model/types.ts'
import { Buffer } from 'node:buffer'
import { expect, it } from 'vitest'
import { compileBehaviours } from '../../../../../src/engine/fleet/behaviour/behaviour-plan.ts'
import { Devices } from '../../../../../src/engine/fleet/device.ts'

const number = (identifier: string): ThingModel['properties'][number] => ({ identifier, name: identifier, accessMode: 'r', required: false, dataType: { type: 'double', min: -1000, max: 1000, step: 0.001 } })
const model: ThingModel = { profile: {}, properties: [number('Charge'), number('Ramp'), number('Warm')], events: [], services: [] }
const behaviours: Record<string, Behaviour> = {
  Charge: { kind: 'drain', start: 100, perReport: 0, perHour: 10, min: 0 },
  Ramp: { kind: 'ramp', min: 0, max: 100, periodSec: 100 },
  Warm: { kind: 'respond', target: '20', timeConstantSec: 100, start: 0, noise: 0 },
}
const hour = 3_600_000

function oneDevice() {
  const devices = new Devices(1, compileBehaviours(model, behaviours))
  devices.add([{ productKey: 'pk', deviceName: 'd', deviceSecret: 's' }])
  const report = (elapsedMs: number): JsonObject => (JSON.parse(Buffer.from(devices.report(0, elapsedMs)!.payload).toString()) as { params: JsonObject }).params
  return { devices, report }
}

it('begins anew for ramps, while batteries and what follows the world go on from where they are', () => {
  const { devices, report } = oneDevice()
  expect(devices.hasBegun(0)).toBe(false)
  devices.begin(0, 1_000_000)
  expect(report(0)).toEqual({ Charge: 100, Ramp: 0, Warm: 0 })
  const before = report(hour + 30_000)
  expect(before.Ramp).toBeCloseTo(30, 2)
  devices.beginAnew(0, hour + 40_000)
  const after = report(hour + 50_000)
  expect(after.Ramp).toBeCloseTo(10, 2)
  expect(after.Charge).toBeCloseTo(100 - 10 * (hour + 50_000) / hour, 2)
  expect(after.Warm).toBeCloseTo(20, 2)
  expect(report(hour + 39_000).Ramp).toBe(0)
})

it('does not drain a battery while a device sleeps, and lets it be charged', () => {
  const { devices, report } = oneDevice()
  devices.begin(0, 1_000_000)
  report(0)
  devices.sleptFor(0, 2 * hour)
  expect(report(3 * hour).Charge).toBeCloseTo(90, 2)
  devices.hold(0, { Charge: 1 })
  devices.setCharge(0, 'Charge', 50, 3 * hour)
  expect(report(4 * hour).Charge).toBeCloseTo(40, 2)
  devices.setCharge(0, 'Ramp', 7, 4 * hour)
  expect(report(4 * hour).Ramp).toBe(7)
})
