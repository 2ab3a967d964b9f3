import type { ThingModel } from '../../../../../src/shared/thing-model/types.ts'
import { describe, expect, it } from 'vitest'
import { plainReport } from '../../../../../src/shared/contract/fleet-report.ts'
import { conditionDrafts, conditionNames, conditionProblem, conditionsOf, emptyCondition } from '../../../../../src/ui/features/fleet/condition-draft.ts'
import { bandedProperties, reportDraft, reportOf } from '../../../../../src/ui/features/fleet/report-draft.ts'

const model: ThingModel = {
  profile: {},
  properties: [
    { identifier: 'T', name: 'Temperature', accessMode: 'r', required: false, dataType: { type: 'double', unit: '°C' } },
    { identifier: 'Label', name: 'Label', accessMode: 'r', required: false, dataType: { type: 'text' } },
  ],
  events: [{ identifier: 'Hot', name: 'Overheated', type: 'alert', required: false, outputData: [] }],
  services: [],
}

describe('the form of a report policy', () => {
  it('says what it was filled with when nothing is touched', () => {
    const full = { jitterPercent: 12.5, when: 'change', deadBands: { T: 0.5 }, silentSecMax: 600, batch: 5, batchAs: 'history', offline: 'keep', keepMax: 20, oneAtATime: true } as const
    for (const report of [plainReport, full])
      expect(reportOf(reportDraft(report))).toEqual({ ok: true, report })
  })

  it('leaves out dead bands that are empty, and names what is wrong', () => {
    const draft = { ...reportDraft(plainReport), deadBands: { T: null, Other: 2 } }
    expect(reportOf(draft)).toMatchObject({ ok: true, report: { deadBands: { Other: 2 } } })
    expect(reportOf({ ...draft, batch: null, jitterPercent: 101, deadBands: { T: -1 } })).toEqual({ ok: false, wrong: ['jitterPercent', 'deadBands', 'batch'] })
  })

  it('offers dead bands for numbers, and for what has one although it is none any more', () => {
    const draft = { ...reportDraft(plainReport), deadBands: { Gone: 1, Empty: null } }
    expect(bandedProperties(model, draft)).toEqual([{ key: 'T', name: 'Temperature', unit: '°C' }, { key: 'Gone', name: 'Gone', unit: '' }])
    expect(bandedProperties({ ...model, functionBlockId: 'pump' }, draft)[0]!.key).toBe('pump:T')
    expect(bandedProperties(null, reportDraft(plainReport))).toEqual([])
  })
})

describe('the form of conditions for events', () => {
  it('says what it was filled with, without those that have no expression', () => {
    const conditions = { Hot: { when: 'T > 80', afterSec: 5, everySec: 60, mode: 'while', utcOffsetMin: 60 } } as const
    expect(conditionsOf({ ...conditionDrafts(conditions), Cold: { ...emptyCondition, when: ' ' } })).toEqual(conditions)
  })

  it('tells where an expression ends to make sense, and times that cannot be', () => {
    expect(conditionProblem(emptyCondition)).toBeNull()
    expect(conditionProblem({ ...emptyCondition, when: 'T > 80' })).toBeNull()
    expect(conditionProblem({ ...emptyCondition, when: 'T > sun(1)' })).toMatchObject({ kind: 'expression', column: 5 })
    expect(conditionProblem({ ...emptyCondition, when: 'T > 80', afterSec: null })).toEqual({ kind: 'times' })
  })

  it('has a line for each event, and for what has a condition although it is none any more', () => {
    expect(conditionNames(model, { Gone: { ...emptyCondition, when: '1' }, Empty: emptyCondition })).toEqual([{ key: 'Hot', name: 'Overheated' }, { key: 'Gone', name: 'Gone' }])
  })
})
