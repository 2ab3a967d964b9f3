import type { Behaviour } from '../../../../src/shared/contract/fleet.ts'
import type { ThingModel } from '../../../../src/shared/thing-model/types.ts'
import { describe, expect, it } from 'vitest'
import { compileBehaviours } from '../../../../src/engine/fleet/behaviour/behaviour-plan.ts'
import { Devices } from '../../../../src/engine/fleet/device.ts'

const model: ThingModel = {
  profile: {},
  properties: ['a', 'b'].map(identifier => ({ identifier, name: identifier, accessMode: 'r', required: false, dataType: { type: 'double', min: 0, max: 1000, step: 0.01 } })),
  events: [],
  services: [],
}
const walk: Behaviour = { kind: 'walk', min: 0, max: 1000, step: 1 }
const device = (name: string) => ({ productKey: 'a1Xk29TzQ7b', deviceName: name, deviceSecret: 's' })

function createDevices(names: string[], behaviours: Record<string, Behaviour>, seed = 1): Devices {
  const devices = new Devices(seed, compileBehaviours(model, behaviours))
  devices.add(names.map(device))
  return devices
}

function valuesOf(devices: Devices, index: number): Record<string, number> {
  return JSON.parse(devices.report(index, 0)!.payload).params
}

describe('devices', () => {
  it('post properties as Alink wants them, with ids counted from 1', () => {
    const devices = createDevices(['lamp-0007'], { a: { kind: 'constant', value: 1 }, b: { kind: 'constant', value: 2.5 } })
    expect([devices.report(0, 0), devices.report(0, 5000)]).toEqual([
      { topic: '/sys/a1Xk29TzQ7b/lamp-0007/thing/event/property/post', payload: '{"id":"1","version":"1.0","sys":{"ack":1},"params":{"a":1,"b":2.5},"method":"thing.event.property.post"}' },
      { topic: '/sys/a1Xk29TzQ7b/lamp-0007/thing/event/property/post', payload: '{"id":"2","version":"1.0","sys":{"ack":1},"params":{"a":1,"b":2.5},"method":"thing.event.property.post"}' },
    ])
  })

  it('have nothing to say when every property is off', () => {
    expect(createDevices(['a'], { a: { kind: 'off' }, b: { kind: 'off' } }).report(0, 0)).toBeUndefined()
  })

  it('say the same in the same order with the same seed, whoever else takes part', () => {
    const say = (devices: Devices, index: number) => [devices.drawOffset(index), ...Array.from({ length: 5 }, (_, turn) => devices.report(index, turn * 1000)!.payload)]
    const alone = createDevices(['x'], { a: walk, b: walk })
    const together = createDevices(['u', 'v', 'x'], { a: walk, b: walk })
    together.report(0, 0)
    expect(say(together, 2)).toEqual(say(alone, 0))
    expect(say(createDevices(['x'], { a: walk, b: walk }, 2), 0)).not.toEqual(say(createDevices(['x'], { a: walk, b: walk }), 0))
  })

  it('go on from where a property was when another one changes its behaviour', () => {
    const devices = createDevices(['x', 'y'], { a: walk, b: walk })
    const before = [valuesOf(devices, 0), valuesOf(devices, 1)]
    devices.setPlan(compileBehaviours(model, { a: { kind: 'constant', value: 7 }, b: walk }))
    const after = [valuesOf(devices, 0), valuesOf(devices, 1)]
    expect(after.map(values => values.a)).toEqual([7, 7])
    expect(Math.abs(after[0]!.b! - before[0]!.b!)).toBeLessThanOrEqual(1)
    expect(Math.abs(after[1]!.b! - before[1]!.b!)).toBeLessThanOrEqual(1)
  })

  it('keep what they have drawn for themselves while its distribution stays', () => {
    const level: Behaviour = { kind: 'decay', from: { draw: 'uniform', min: 0, max: 1000 }, to: 0, halfLifeSec: 1e9, noise: 0 }
    const devices = createDevices(['x', 'y'], { a: level, b: walk })
    const before = [valuesOf(devices, 0).a, valuesOf(devices, 1).a]
    expect(before[0]).not.toBe(before[1])
    devices.setPlan(compileBehaviours(model, { a: { ...level, noise: 1e-6 }, b: { kind: 'constant', value: 1 } }))
    expect([valuesOf(devices, 0).a, valuesOf(devices, 1).a]).toEqual(before)
    devices.setPlan(compileBehaviours(model, { a: { ...level, from: { draw: 'uniform', min: 0, max: 999 } }, b: walk }))
    expect(valuesOf(devices, 0).a).not.toBe(before[0])
    expect(devices.peek(0, 0, { next: () => 0 }).a).toBe(valuesOf(devices, 0).a)
  })

  it('keep to what they were told, and let their other properties see it', () => {
    const devices = createDevices(['x', 'y'], { a: { kind: 'constant', value: 3 }, b: { kind: 'expression', expression: 'a * 2' } })
    devices.hold(0, { a: 50 })
    expect([valuesOf(devices, 0), valuesOf(devices, 1)]).toEqual([{ a: 50, b: 100 }, { a: 3, b: 6 }])
    expect(devices.peek(0, 0, { next: () => 0 })).toEqual({ a: 50, b: 100 })
    devices.release(['a'])
    expect(valuesOf(devices, 0)).toEqual({ a: 3, b: 6 })
  })

  it('know the time of day from when they began', () => {
    const devices = createDevices(['x'], { a: { kind: 'expression', expression: 'hour', utcOffsetMin: 0 }, b: { kind: 'off' } })
    devices.begin(0, Date.UTC(2026, 0, 5, 6, 30))
    expect(JSON.parse(devices.report(0, 3_600_000)!.payload).params).toEqual({ a: 7.5 })
  })

  it('are forgotten from the end, and start anew when they come back', () => {
    const devices = createDevices(['x', 'y'], { a: walk, b: walk })
    const first = devices.report(1, 0)
    devices.truncate(1)
    expect(devices.length).toBe(1)
    devices.add([device('y')])
    expect(devices.report(1, 0)).toEqual(first)
  })
})
