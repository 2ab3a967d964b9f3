import { describe, expect, it } from 'vitest'
import { readTraceCsv } from '../../../../src/shared/behaviour/trace-csv.ts'

const read = (text: string) => readTraceCsv({ text, time: 'at', value: 'v' })

describe('a recorded table', () => {
  it('gives its points: seconds, numbers where they are some, texts otherwise, other columns and empty values left aside', () => {
    expect(read('at,x,v\n0,9,1.5\n2.5,9,\n3,9,eco\n')).toEqual({ ok: true, points: [[0, 1.5], [3, 'eco']] })
  })

  it('takes epoch milliseconds, ISO 8601 and semicolons', () => {
    expect(read('at;v\n1735689600000;1\n1735689601500;2')).toEqual({ ok: true, points: [[1_735_689_600, 1], [1_735_689_601.5, 2]] })
    expect(read('v,at\n1,2025-01-01T00:00:00Z\n2,2025-01-01T00:00:10Z')).toEqual({ ok: true, points: [[1_735_689_600, 1], [1_735_689_610, 2]] })
  })

  it.each([
    ['when,v\n0,1', 'time', 'one of the columns when, v'],
    ['at,w\n0,1', 'value', 'one of the columns at, w'],
    ['at,v\n0,1\nsoon,2', 'text', 'seconds, epoch milliseconds or an ISO 8601 time in column at of line 3'],
    ['at,v\n1,1\n1,2', 'text', 'a time in line 3 that is after that of the line before'],
    ['at,v\n1,', 'text', 'at least one line with a value in column v'],
    [`at,v\n${Array.from({ length: 5_001 }, (_, index) => `${index},1`).join('\n')}`, 'text', 'at most 5000 lines'],
  ])('that makes no sense is refused with what was expected: %#', (text, field, problem) => {
    expect(read(text)).toEqual({ ok: false, field, problem })
  })
})
