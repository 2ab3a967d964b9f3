import { readFileSync } from 'node:fs'

export interface Count {
  passed: number
  failed: number
  /** Tests that were asked to run and did not, in words. */
  skipped: string[]
}

interface VitestReport {
  success: boolean
  testResults: { name: string, status: string, message: string, assertionResults: { fullName: string, status: string }[] }[]
}

/** Counts a report of Vitest. A file that could not be loaded, or whose set-up failed, is one failure of its own. */
export function countVitest(report: VitestReport): Count {
  const tests = report.testResults.flatMap(file => file.assertionResults)
  const failedFiles = report.testResults.filter(file => file.status === 'failed' && !file.assertionResults.some(test => test.status === 'failed')).length
  const passed = tests.filter(test => test.status === 'passed').length
  const failed = tests.filter(test => test.status === 'failed').length + failedFiles
  const skipped = tests.filter(test => test.status !== 'passed' && test.status !== 'failed').map(test => test.fullName)
  // An error outside every test, or no test at all, leaves no other trace than this.
  const silent = failed === 0 && (!report.success || tests.length === 0)
    ? 1
    : 0
  return { passed, failed: failed + silent, skipped }
}

interface PlaywrightSuite {
  title: string
  suites?: PlaywrightSuite[]
  specs?: { title: string, tests: { status: string, projectName: string }[] }[]
}

interface PlaywrightReport { suites: PlaywrightSuite[], errors: unknown[] }

function outcomes(suite: PlaywrightSuite): { name: string, status: string }[] {
  const own = (suite.specs ?? []).flatMap(spec => spec.tests.map(test => ({ name: `${test.projectName}: ${suite.title}: ${spec.title}`, status: test.status })))
  return [
    ...own,
    ...(suite.suites ?? []).flatMap(outcomes),
  ]
}

/** Counts a report of Playwright. A test that passed only when it was repeated is a failure. */
export function countPlaywright(report: PlaywrightReport): Count {
  const tests = report.suites.flatMap(outcomes)
  const failed = tests.filter(test => test.status === 'unexpected' || test.status === 'flaky').length
  const silent = failed === 0 && (report.errors.length > 0 || tests.length === 0)
    ? 1
    : 0
  return {
    passed: tests.filter(test => test.status === 'expected').length,
    failed: failed + silent,
    skipped: tests.filter(test => test.status === 'skipped').map(test => test.name),
  }
}

/** Reads and counts a report file; one that is missing or cut off says that the tests could not run. */
export function countFile(file: string): Count {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as object
    return 'testResults' in report
      ? countVitest(report as VitestReport)
      : countPlaywright(report as PlaywrightReport)
  }
  catch {
    return { passed: 0, failed: 1, skipped: [] }
  }
}
