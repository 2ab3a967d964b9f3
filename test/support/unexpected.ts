import process from 'node:process'
import { format } from 'node:util'
import { onTestFinished } from 'vitest'

interface Expectation { pattern: RegExp, met: boolean }

let caught: string[] = []
let expected: Expectation[] = []

function report(kind: string, text: string): void {
  const expectation = expected.find(({ pattern }) => pattern.test(text))
  if (expectation)
    expectation.met = true
  else
    caught.push(`${kind}: ${text}`)
}

function reportRejection(reason: unknown): void {
  report('unhandled rejection', reason instanceof Error
    ? reason.stack ?? String(reason)
    : format(reason))
}

/** Collects console warnings and errors, process warnings and unhandled rejections from now on. */
export function watchUnexpected(): void {
  // Whoever wants to print from a test uses console.log; a warning is a finding.
  for (const level of ['warn', 'error'] as const)
    console[level] = (...parts: unknown[]) => report(`console.${level}`, format(...parts))
  process.on('warning', warning => report('process warning', warning.stack ?? String(warning)))
  process.on('unhandledRejection', reportRejection)
}

/** Leaves rejections to the test runner again, which fails the run for those that come when no test can be blamed any more. */
export function stopWatchingRejections(): void {
  process.off('unhandledRejection', reportRejection)
}

/** What has been collected and not been expected since the last call. */
export function takeUnexpected(): string[] {
  const taken = caught
  caught = []
  return taken
}

/** Inside a test: a warning or console error that matches is part of what is tested, and fails the test when it does not come. */
export function expectWarning(pattern: RegExp): void {
  const expectation = { pattern, met: false }
  expected.push(expectation)
  onTestFinished(() => {
    expected = expected.filter(other => other !== expectation)
    if (!expectation.met)
      throw new Error(`The test expected a warning like ${pattern}, and none came.`)
  })
}
