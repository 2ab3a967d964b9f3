/**
 * Runs before every test file. A warning nobody expected, a rejection nobody handled and a handle nobody closed
 * fail the test or the file that caused them, because that is where they can still be explained.
 */
import { afterAll, afterEach, beforeAll } from 'vitest'
import { watchHandles } from './support/open-handles.ts'
import { stopWatchingRejections, takeUnexpected, watchUnexpected } from './support/unexpected.ts'

watchUnexpected()
const handles = watchHandles()

afterEach(() => {
  const unexpected = takeUnexpected()
  if (unexpected.length > 0)
    throw new Error(`The test caused what no test may leave unmentioned; fix it, or expect it with expectWarning(/…/):\n\n${unexpected.join('\n\n')}`)
})

beforeAll(() => handles.begin())

// Hooks registered first end last, so this runs after the file's own clean-up.
afterAll(async () => {
  const left = await handles.end()
  stopWatchingRejections()
  if (left.length > 0)
    throw new Error(`This test file left open:\n  ${left.join('\n  ')}\nClose what was opened in the same test, or in afterAll.`)
  const late = takeUnexpected()
  if (late.length > 0)
    throw new Error(`Outside its tests this file caused:\n\n${late.join('\n\n')}`)
})
