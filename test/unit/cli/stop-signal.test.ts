import { expect, it, onTestFinished } from 'vitest'
import { startProcess } from '../../support/child-process.ts'

const stopSignalModule = new URL('../../../src/cli/stop-signal.ts', import.meta.url).href

/** A process that takes its time to stop: it says `stopping` and then does nothing. */
function startSlowStopper(): ReturnType<typeof startProcess> {
  const slow = startProcess('node', ['--input-type=module', '-e', `
    const { watchStopSignals } = await import(${JSON.stringify(stopSignalModule)})
    const stop = watchStopSignals()
    setInterval(() => {}, 1000)
    console.log('ready')
    await stop.stopped
    console.log('stopping', stop.signal.aborted)
  `])
  onTestFinished(async () => {
    await slow.kill()
  })
  return slow
}

it.each([['SIGINT', 130], ['SIGTERM', 143]] as const)('asks to stop at the first %s and ends at once at a later one', async (signal, code) => {
  const slow = startSlowStopper()
  await slow.line(line => line === 'ready')
  slow.child.kill(signal)
  await slow.line(line => line === 'stopping true')
  // The same signal right after the first is an echo of it; whoever repeats it means it.
  const insisting = setInterval(() => slow.child.kill(signal), 50)
  onTestFinished(() => clearInterval(insisting))
  expect(await slow.exited).toEqual({ code, signal: null })
})
