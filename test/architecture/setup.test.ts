import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { runProcess } from '../support/child-process.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { projectDir } from './source.ts'

interface JsonReport {
  testResults: { name: string, message: string, status: string, assertionResults: { title: string, status: string, failureMessages: string[] }[] }[]
}

const untidyDir = join(projectDir, 'test/fixtures/untidy-tests')
let report: JsonReport

beforeAll(async () => {
  const folder = createTempFolder()
  const outputFile = join(folder.path, 'report.json')
  const vitest = join(projectDir, 'node_modules/vitest/vitest.mjs')
  await runProcess('node', [
    vitest,
    'run',
    '--config',
    join(untidyDir, 'vitest.config.ts'),
    '--reporter=json',
    `--outputFile=${outputFile}`,
  ], {
    cwd: projectDir,
    // The inner run must not take itself for a worker of this one.
    env: {
      VITEST: undefined,
      VITEST_WORKER_ID: undefined,
      VITEST_POOL_ID: undefined,
      VITEST_MODE: undefined,
    },
    timeoutMs: 60_000,
  })
  report = JSON.parse(readFileSync(outputFile, 'utf8')) as JsonReport
  await folder.close()
}, 60_000)

function file(name: string): JsonReport['testResults'][number] {
  const found = report.testResults.find(result => result.name.endsWith(`/${name}`))
  if (!found)
    throw new Error(`The inner run did not report ${name}.`)
  return found
}

function failure(title: string): string {
  const test = file('warnings.test.ts').assertionResults.find(result => result.title === title)
  return test?.failureMessages.join('\n') ?? 'no such test'
}

describe('the setup of every test file', () => {
  it('fails a file that leaves a server, a worker, a process or a timer behind, and says where each was made', () => {
    const { status, message } = file('leaks.test.ts')
    expect(status).toBe('failed')
    expect(message).toContain('1 × TCPServerWrap')
    for (const kind of ['worker', 'process', 'timer'])
      expect(message).toMatch(new RegExp(`a ${kind} made at .*leaks\\.test\\.ts:\\d+`))
  })

  it('fails a test for a console error, a process warning or an unhandled rejection', () => {
    expect(failure('prints an error')).toContain('console.error: something is off')
    expect(failure('warns')).toContain('an old way was used')
    expect(failure('rejects where nobody listens')).toContain('unhandled rejection: Error: nobody listens')
  })

  it('accepts a warning that the test expects, and fails when an expected one does not come', () => {
    expect(failure('expects the warning it causes')).toBe('')
    expect(failure('expects a warning that never comes')).toContain('expected a warning like /never said/')
  })

  it('leaves a tidy file alone', () => {
    expect(file('tidy.test.ts').status).toBe('passed')
  })
})
