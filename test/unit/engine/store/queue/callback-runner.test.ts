import type { Log } from '../../../../../src/shared/log.ts'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { CallbackRunner } from '../../../../../src/engine/store/queue/callback-runner.ts'
import { silentLog } from '../../../../../src/shared/log.ts'

it('runs callbacks in order, a thousand in one turn of the event loop', async () => {
  const runner = new CallbackRunner(silentLog)
  const ran: number[] = []
  runner.run(Array.from({ length: 1500 }, (_, i) => () => ran.push(i)))
  runner.run([() => ran.push(1500)])
  expect(ran).toHaveLength(1000)
  await nextTurn()
  expect(ran).toEqual(Array.from({ length: 1501 }, (_, i) => i))
})

it('never runs a later callback in the turn that gave it', async () => {
  const runner = new CallbackRunner(silentLog)
  const ran: string[] = []
  runner.runLater(() => ran.push('first'))
  runner.runLater(() => {
    ran.push('second')
    runner.runLater(() => ran.push('third'))
  })
  expect(ran).toEqual([])
  await nextTurn()
  await nextTurn()
  expect(ran).toEqual(['first', 'second', 'third'])
})

it('keeps up with more callbacks than a turn normally takes', async () => {
  const runner = new CallbackRunner(silentLog)
  let ran = 0
  for (let i = 0; i < 100_000; i++)
    runner.runLater(() => ran++)
  await nextTurn()
  expect(ran).toBeGreaterThanOrEqual(25_000)
  runner.drain()
  expect(ran).toBe(100_000)
})

it('logs a callback that throws and goes on with the next', () => {
  const errors: string[] = []
  const log: Log = { ...silentLog, error: (message, fields) => errors.push(`${message} ${fields?.error as string}`) }
  let ran = false
  const broken = () => { throw new Error('no socket') }
  new CallbackRunner(log).run([broken, () => { ran = true }])
  expect(ran).toBe(true)
  expect(errors).toEqual([expect.stringMatching(/A callback after a commit failed.*no socket/s)])
})
