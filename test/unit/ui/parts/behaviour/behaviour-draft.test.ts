import type { Behaviour } from '../../../../../src/shared/contract/fleet.ts'
import type { BehaviourDraft } from '../../../../../src/ui/parts/behaviour/behaviour-draft.ts'
import { describe, expect, it } from 'vitest'
import { openValueScripts } from '../../../../../src/engine/script/open-value-scripts.ts'
import { behaviourOf, draftOf, withKind } from '../../../../../src/ui/parts/behaviour/behaviour-draft.ts'
import { behaviourKinds } from '../../../../../src/ui/parts/behaviour/behaviour-fields.ts'

describe('a behaviour being edited', () => {
  it.each<Behaviour>([
    { kind: 'constant', value: 'eco' },
    { kind: 'constant', value: { a: [1, 2] } },
    { kind: 'random' },
    { kind: 'random', min: 1, max: 2 },
    { kind: 'walk', min: 18, max: 28, step: 0.2, start: 20 },
    { kind: 'walk', min: -5, max: { draw: 'uniform', min: 20, max: 30 }, step: 0.2, mean: { draw: 'normal', mean: 21, deviation: 2 }, pull: 0.1 },
    { kind: 'normal', mean: { draw: 'normal', mean: 21, deviation: 2, min: 15 }, deviation: { draw: 'choice', values: [1, 2], weights: [3, 1] }, max: { draw: 'choice', values: [30, 31.5] } },
    { kind: 'decay', from: 90, to: 1e-7, halfLifeSec: 60, noise: 0.1 },
    { kind: 'steps', values: [{ value: 'eco', holdSec: { draw: 'uniform', min: 1, max: 2 } }, { value: { a: [1, ':'] }, holdSec: 5 }], end: 'hold' },
    { kind: 'markov', states: [{ name: 'idle', holdSec: 60, next: { 'very busy': 2.5, 'idle': 0 } }, { name: 'very busy', value: 'a, b', holdSec: 5, next: {} }], start: 'very busy' },
    { kind: 'daily', points: [{ at: '07:30', value: 1 }, { at: '20:00', value: { draw: 'normal', mean: 5, deviation: 1, min: 0, max: 9 } }], noise: 0.5, offsetSec: { draw: 'uniform', min: -600, max: 600 }, utcOffsetMin: 480 },
    { kind: 'trace', points: [[0, 1.5], [3, 'x, y'], [7.5, { a: 1 }]], speed: 2, end: 'hold', offsetSec: 0 },
    { kind: 'trace', csv: { text: 'at;x;v\n0;9;1\n1;9;2', time: 'at', value: 'v' }, speed: 1, end: 'loop', offsetSec: 5 },
    { kind: 'expression', expression: 'heater ? 1 : 0' },
    { kind: 'respond', target: 'on * 20', timeConstantSec: 60, start: 3, noise: 0 },
    { kind: 'script', script: 'const value = ({ t }) => t' },
    { kind: 'drain', start: { draw: 'uniform', min: 60, max: 100 }, perReport: 0.01, perHour: 1, min: 5, chargePerHour: 60 },
    { kind: 'sine', min: -1, max: 1, periodSec: 60, noise: 0 },
    { kind: 'ramp', min: 0, max: 10, periodSec: 5 },
    { kind: 'cycle', values: [0, 'x', true], holdSec: 10 },
    { kind: 'off' },
  ])('comes out as it went in: %j', (behaviour) => {
    expect(behaviourOf(draftOf(behaviour))).toEqual({ ok: true, behaviour })
  })

  it('begins as a script that the sandbox takes, and that moves', async () => {
    const { text } = withKind(draftOf(undefined), 'script', undefined)
    const script = (await openValueScripts(() => 0)).compile(text)
    expect(script.problem).toBeNull()
    expect(script.call({ about: '{"previous":null}', state: '{}', random: () => 0.5 })).toEqual({ kind: 'value', value: '0.5', state: '{"step":1}' })
    expect(script.call({ about: '{"previous":100}', state: '{"step":1}', random: () => 0.5 })).toEqual({ kind: 'value', value: '99.5', state: '{"step":-1}' })
  })

  it('is left to the type when none is chosen', () => {
    expect(behaviourOf(draftOf(undefined))).toEqual({ ok: true, behaviour: undefined })
  })

  const draft = (kind: BehaviourDraft['kind'], numbers: Record<string, string>, text = ''): BehaviourDraft => ({ kind, numbers, text, choices: {} })
  it.each<[BehaviourDraft, string]>([
    [draft('walk', { min: '5', max: '5', step: '1' }), 'badRange'],
    [draft('walk', { min: '0', max: '5', step: '0' }), 'badNumber'],
    [draft('walk', { min: '0', max: '5', step: '1', pull: '0..1' }), 'needNumber'],
    [draft('sine', { min: '0', max: '', periodSec: '1' }), 'needNumber'],
    [draft('sine', { min: '0', max: '5 x', periodSec: '1' }), 'needNumber'],
    [draft('sine', { min: '0', max: '5', periodSec: '-1..4' }), 'badOther'],
    [draft('constant', {}, 'eco'), 'badJson'],
    [draft('cycle', { holdSec: '1' }), 'badJson'],
    [draft('steps', {}, '5: 1\n6 2'), 'badLine'],
    [draft('markov', {}, 'a, 5 -> b 1'), 'badOther'],
    [draft('daily', {}, '7:30 1\n25:00 3'), 'badOther'],
    [draft('trace', {}, 'time,value\n0,1\n0,2'), 'badOther'],
    [draft('expression', {}, '1 + foo()'), 'badExpression'],
  ])('says what is wrong with %j: %s', (one, problem) => {
    expect(behaviourOf(one)).toMatchObject({ ok: false, problem })
  })

  it('reads what people type besides', () => {
    expect(behaviourOf(draft('ramp', { min: ' -5 ', max: '21+-2 in ..30', periodSec: '1|2*3' }))).toMatchObject({ behaviour: { min: -5, max: { draw: 'normal', mean: 21, deviation: 2, max: 30 }, periodSec: { draw: 'choice', values: [1, 2], weights: [1, 3] } } })
    expect(behaviourOf(draft('daily', {}, '7:30  18…20\n\n'))).toMatchObject({ behaviour: { points: [{ at: '07:30', value: { draw: 'uniform', min: 18, max: 20 } }] } })
  })

  it('takes what is known into another kind, and is complete at once', () => {
    const suggested: Behaviour = { kind: 'walk', min: 18, max: 28, step: 0.2 }
    expect(withKind(draftOf(undefined), 'sine', suggested).numbers).toEqual({ min: '18', max: '28', periodSec: '60' })
    for (const kind of behaviourKinds)
      expect(behaviourOf(withKind(draftOf(suggested), kind, suggested)).ok).toBe(true)
  })
})
