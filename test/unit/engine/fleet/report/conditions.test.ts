import type { EventCondition } from '../../../../../src/shared/contract/fleet-conversation.ts'
import type { JsonObject } from '../../../../../src/shared/json.ts'
import type { ThingModel } from '../../../../../src/shared/thing-model/types.ts'
import { describe, expect, it } from 'vitest'
import { compileBehaviours } from '../../../../../src/engine/fleet/behaviour/behaviour-plan.ts'
import { Devices } from '../../../../../src/engine/fleet/device.ts'
import { Conditions } from '../../../../../src/engine/fleet/report/conditions.ts'
import { eventConditionSchema } from '../../../../../src/shared/contract/fleet-conversation.ts'

const model: ThingModel = {
  profile: {},
  properties: [
    { identifier: 'T', name: 'T', accessMode: 'r', required: false, dataType: { type: 'double', min: -40, max: 85 } },
    { identifier: 'Mode', name: 'Mode', accessMode: 'rw', required: false, dataType: { type: 'enum', items: [{ value: 0, name: 'eco' }, { value: 3, name: 'full' }] } },
  ],
  events: [{
    identifier: 'Hot',
    name: 'Hot',
    type: 'alert',
    required: false,
    outputData: [{ identifier: 'T', name: 'T', dataType: { type: 'int', min: 0, max: 85 } }, { identifier: 'Code', name: 'Code', dataType: { type: 'int', min: 1, max: 5 } }],
  }],
  services: [],
}

/** A device whose values are looked at every 10 s; how often the event came, by look. */
function watch(condition: Partial<EventCondition> & { when: string }, steps: readonly (number | JsonObject)[], { takes = () => true, startedAt = 0 }: { takes?: (at: number) => boolean, startedAt?: number } = {}) {
  const devices = new Devices(1, compileBehaviours(model, {}))
  devices.add([{ productKey: 'pk', deviceName: 'dn', deviceSecret: '' }])
  const conditions = new Conditions({ Hot: eventConditionSchema.parse(condition) }, model, { seed: 1, devices })
  const outputs: JsonObject[] = []
  const looks = steps.map((step, at) => {
    let came = 0
    conditions.look(0, { values: typeof step === 'number' ? { T: step, Mode: 0 } : step, elapsedMs: at * 10_000, startedAt }, (event, output) => {
      expect(event).toBe('Hot')
      outputs.push(output)
      came++
      return takes(at)
    })
    return came
  })
  return { looks: looks.join(''), outputs }
}

describe('an event with a condition', () => {
  it('comes once each time the condition comes to hold', () => {
    expect(watch({ when: 'T > 30' }, [20, 31, 32, 33, 20, 31, 31]).looks).toBe('0100010')
  })

  it('comes as long as the condition holds where that is wished, but not more often than allowed', () => {
    expect(watch({ when: 'T > 30', mode: 'while' }, [20, 31, 32, 33, 20, 31]).looks).toBe('011101')
    expect(watch({ when: 'T > 30', mode: 'while', everySec: 20 }, [31, 31, 31, 31, 31, 20]).looks).toBe('101010')
  })

  it('waits until the condition has held for its time', () => {
    expect(watch({ when: 'T > 30', afterSec: 20 }, [31, 31, 20, 31, 31, 31, 31]).looks).toBe('0000010')
  })

  it('comes later where it was too soon, if the condition still holds then', () => {
    expect(watch({ when: 'T > 30', everySec: 40 }, [31, 20, 31, 31, 31, 31]).looks).toBe('100010')
    expect(watch({ when: 'T > 30', everySec: 40 }, [31, 20, 31, 20, 20, 20]).looks).toBe('100000')
  })

  it('is tried again at the next look when it could not be handed on', () => {
    expect(watch({ when: 'T > 30' }, [31, 31, 31, 31], { takes: at => at >= 2 }).looks).toBe('1110')
  })

  it('knows whether it held before, the names of values, and the time', () => {
    expect(watch({ when: 'T > (previous ? 28 : 30)', mode: 'while' }, [29, 31, 29, 27, 29]).looks).toBe('01100')
    expect(watch({ when: 'Mode == "full"' }, [{ Mode: 0 }, { Mode: 3 }]).looks).toBe('01')
    expect(watch({ when: 't >= 20' }, [20, 20, 20]).looks).toBe('001')
    expect(watch({ when: 'hour >= 1 && Missing == Missing', utcOffsetMin: 0 }, [20, 20], { startedAt: 3_595_000 }).looks).toBe('01')
  })

  it('has the value of a property where an output parameter is called like one, and makes up the rest', () => {
    const { outputs } = watch({ when: 'T > 30' }, [20, 31.4])
    expect(outputs).toEqual([{ T: 31, Code: expect.any(Number) as unknown }])
    expect(watch({ when: 'T > 30' }, [20, 31.4]).outputs).toEqual(outputs)
  })
})
