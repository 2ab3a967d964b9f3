import type { ReplaySurvey } from '../../../../../src/shared/contract/replay.ts'
import type { ReplayDraft } from '../../../../../src/ui/features/replay/replay-draft.ts'
import { expect, it } from 'vitest'
import { commandWords, firstDraft, problemsOf, startOf } from '../../../../../src/ui/features/replay/replay-draft.ts'
import { readForms } from '../../../../support/copy-forms.ts'

const survey: ReplaySurvey = { messages: 9, connections: 0, devices: ['lamp-01', 'lamp-02'].map(deviceName => ({ productKey: 'a1', deviceName, messages: 4 })), firstAt: 0, lastAt: 1, durationMs: 1, omitted: {}, share: 1 }
const source = { kind: 'kept' as const, filter: {} }
const draft = (change: Partial<ReplayDraft> = {}): ReplayDraft => ({ ...firstDraft, ...change })

it('says what has to be put right before a replay can start', () => {
  expect([...problemsOf(draft(), survey)]).toEqual([])
  expect([...problemsOf(draft({ target: 'stampOut', count: 1, prefix: 'a b' }), survey)]).toEqual(['tooFew', 'prefix'])
  expect([...problemsOf(draft({ target: 'stampOut', count: null, speed: 1000, repeat: 0, shortens: true, gapSec: null }), survey)]).toEqual(['count', 'speed', 'repeat', 'gap'])
  expect([...problemsOf(draft({ target: 'names', repeat: null, untilStopped: true }), survey)]).toEqual(['names'])
  expect([...problemsOf(draft({ target: 'names', names: { 'a1/lamp-02': 'bench' } }), survey)]).toEqual([])
})

it('makes a call of a draft', () => {
  expect(startOf(draft(), source, survey)).toEqual({ source, to: { kind: 'same' }, speed: 1, times: 'shift', repeat: 1, gapMsMax: null, takeOver: false })
  expect(startOf(draft({ target: 'names', names: { 'a1/lamp-01': 'bench', 'a1/lamp-02': 'b2/x-01', 'a1/gone': 'y' }, untilStopped: true, shortens: true, gapSec: 0.5 }), source, survey))
    .toMatchObject({ to: { kind: 'names', names: { 'a1/lamp-01': 'a1/bench', 'a1/lamp-02': 'b2/x-01' } }, repeat: null, gapMsMax: 500 })
})

it('says the command that does the same', () => {
  const read = (change: Partial<ReplayDraft>, from: Parameters<typeof commandWords>[2]) => readForms({ cli: commandWords(draft(change), survey, from) }).cli
  expect(read({}, { filter: 'device:lamp-01 last:10m' })).toMatchObject({ path: 'replay', positionals: ['device:lamp-01 last:10m'], values: { speed: 1, repeat: 1 } })
  expect(read({ takeOver: true }, { filter: '-code:200' })).toMatchObject({ positionals: ['-code:200'], values: { 'take-over': true } })
  expect(read({ target: 'stampOut', count: 20, prefix: 'copy', speed: 10, times: 'as-recorded', untilStopped: true, shortens: true }, { file: 'x.jsonl' }))
    .toMatchObject({ positionals: [], values: { file: 'x.jsonl', stamp: 'copy', count: 20, speed: 10, times: 'as-recorded', gap: 5, repeat: 'forever' } })
  expect(read({ target: 'names', names: { 'a1/lamp-01': 'bench' } }, { filter: '' })).toMatchObject({ values: { map: { 'a1/lamp-01': 'a1/bench' } } })
})
