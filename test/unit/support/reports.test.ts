import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { countFile, countPlaywright, countVitest } from '../../support/reports.ts'
import { tempFolder } from '../../support/temp-folder.ts'

function file(status: string, ...tests: [string, string][]) {
  return {
    name: 'a.test.ts',
    status,
    message: '',
    assertionResults: tests.map(([fullName, status]) => ({ fullName, status })),
  }
}

describe('adding up reports', () => {
  it('counts passed, failed and skipped tests of Vitest', () => {
    const report = {
      success: false,
      testResults: [
        file('failed', ['a', 'passed'], ['b', 'failed'], ['c', 'skipped'], ['d', 'todo']),
      ],
    }
    expect(countVitest(report)).toEqual({
      passed: 1,
      failed: 1,
      skipped: ['c', 'd'],
    })
  })

  it('counts a file that could not be loaded as one failure', () => {
    expect(countVitest({
      success: false,
      testResults: [
        file('passed', ['a', 'passed']),
        file('failed'),
      ],
    })).toMatchObject({ passed: 1, failed: 1 })
  })

  it('counts a failed clean-up of a file whose tests all passed', () => {
    expect(countVitest({
      success: false,
      testResults: [
        file('failed', ['a', 'passed']),
      ],
    })).toMatchObject({ passed: 1, failed: 1 })
  })

  it('does not take a run that failed outside its tests, or had none, for a success', () => {
    expect(countVitest({
      success: false,
      testResults: [
        file('passed', ['a', 'passed']),
      ],
    }).failed).toBe(1)
    expect(countVitest({ success: true, testResults: [] }).failed).toBe(1)
  })

  it('counts the nested suites of Playwright, and a repeated test as failed', () => {
    const spec = (title: string, status: string) => ({
      title,
      tests: [
        { status, projectName: 'chromium' },
      ],
    })
    const report = {
      errors: [],
      suites: [
        {
          title: 'a.spec.ts',
          specs: [
            spec('one', 'expected'),
          ],
          suites: [
            {
              title: 'home',
              specs: [
                spec('two', 'unexpected'),
                spec('three', 'flaky'),
                spec('four', 'skipped'),
              ],
            },
          ],
        },
      ],
    }
    expect(countPlaywright(report)).toEqual({
      passed: 1,
      failed: 2,
      skipped: ['chromium: home: four'],
    })
    expect(countPlaywright({
      errors: [{}],
      suites: [],
    }).failed).toBe(1)
  })

  it('counts a report that was never written as a failure', () => {
    expect(countFile(join(tempFolder(), 'none.json'))).toEqual({ passed: 0, failed: 1, skipped: [] })
  })
})
