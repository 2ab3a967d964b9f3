import type { ThingModel } from '../../../../../src/shared/thing-model/types.ts'
import { describe, expect, it } from 'vitest'
import { SaidValues } from '../../../../../src/engine/fleet/report/said-values.ts'

const property = (identifier: string, dataType: ThingModel['properties'][number]['dataType']) => ({ identifier, name: identifier, accessMode: 'r' as const, required: false, dataType })
const model: ThingModel = {
  profile: {},
  properties: [
    property('T', { type: 'double', min: 0, max: 100 }),
    property('Mode', { type: 'enum', items: [{ value: 0, name: 'eco' }, { value: 3, name: 'full' }] }),
    property('Label', { type: 'text', length: 64 }),
    property('Place', { type: 'struct', members: [{ identifier: 'x', name: 'x', dataType: { type: 'int' } }] }),
  ],
  events: [],
  services: [],
}
const forever = Number.POSITIVE_INFINITY

describe('what a device has said last', () => {
  it('is everything at first, and then only what lies further away than its dead band', () => {
    const said = new SaidValues(model, { T: 0.5 })
    expect(said.takeChanged(0, { T: 20, Mode: 0 }, 0, forever)).toEqual({ T: 20, Mode: 0 })
    expect(said.takeChanged(0, { T: 20.5, Mode: 0 }, 10, forever)).toEqual({})
    expect(said.takeChanged(0, { T: 20.6, Mode: 0 }, 20, forever)).toEqual({ T: 20.6 })
    // Counted from what was said, not from what was seen.
    expect(said.takeChanged(0, { T: 20.3, Mode: 0 }, 30, forever)).toEqual({})
    expect(said.takeChanged(0, { T: 20, Mode: 0 }, 40, forever)).toEqual({ T: 20 })
  })

  it('takes no step of a decimal number for more than it is', () => {
    const said = new SaidValues(model, { T: 0.1 })
    said.takeChanged(0, { T: 20.2 }, 0, forever)
    expect(said.takeChanged(0, { T: 20.3 }, 10, forever)).toEqual({})
    expect(said.takeChanged(0, { T: 20.4 }, 20, forever)).toEqual({ T: 20.4 })
  })

  it('tells any change of an enum, a text or a struct, whatever dead band somebody wrote down for it', () => {
    const said = new SaidValues(model, { Mode: 10, Label: 10 })
    said.takeChanged(0, { Mode: 0, Label: 'a', Place: { x: 1 } }, 0, forever)
    expect(said.takeChanged(0, { Mode: 0, Label: 'a', Place: { x: 1 } }, 10, forever)).toEqual({})
    expect(said.takeChanged(0, { Mode: 3, Label: 'b', Place: { x: 1 } }, 20, forever)).toEqual({ Mode: 3, Label: 'b' })
    expect(said.takeChanged(0, { Mode: 3, Label: 'b', Place: { x: 2 } }, 30, forever)).toEqual({ Place: { x: 2 } })
  })

  it('is everything again after the time in which all has to be said', () => {
    const said = new SaidValues(model, {})
    said.takeChanged(0, { T: 20, Mode: 0 }, 1_000, 60_000)
    expect(said.takeChanged(0, { T: 21, Mode: 0 }, 59_000, 60_000)).toEqual({ T: 21 })
    expect(said.takeChanged(0, { T: 21, Mode: 0 }, 61_000, 60_000)).toEqual({ T: 21, Mode: 0 })
    expect(said.takeChanged(0, { T: 21, Mode: 0 }, 120_000, 60_000)).toEqual({})
  })

  it('is known of each device by itself, and forgotten with it', () => {
    const said = new SaidValues(model, {})
    for (let index = 0; index < 200; index++)
      expect(said.takeChanged(index, { T: index }, 0, forever)).toEqual({ T: index })
    said.truncate(100)
    expect([said.takeChanged(99, { T: 99 }, 10, forever), said.takeChanged(100, { T: 100 }, 10, forever)]).toEqual([{}, { T: 100 }])
  })
})
