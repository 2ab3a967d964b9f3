import type { TaskState } from '../../src/shared/ota/task.ts'
import type { RolloutBench, UpdatingDevice } from '../support/rollout-bench.ts'
import { expect, it } from 'vitest'
import { createFastClock } from '../support/fast-clock.ts'
import { startRollouts } from '../support/rollout-bench.ts'
import { waitFor } from '../support/wait-for.ts'

type Unfinished = Extract<TaskState, 'CONFIRM' | 'QUEUED' | 'NOTIFIED' | 'IN_PROGRESS'>
interface Cell { row: string, from: Unfinished, say: (device: UpdatingDevice) => Promise<unknown>, to: TaskState, more?: object, wish?: object }

/** A connected device that reported 1.0, whose task of a new batch is in a state. */
async function deviceIn(bench: RolloutBench, state: Unfinished, deviceName: string, packageId: string, wish: object): Promise<{ device: UpdatingDevice, batchId: string }> {
  const device = await bench.connect(deviceName)
  await device.inform('1.0')
  const { batchId } = await bench.createBatch(packageId, { scope: { kind: 'named', deviceNames: [deviceName] }, needsConfirmation: state === 'CONFIRM', pushes: state !== 'QUEUED', ...wish })
  if (state === 'NOTIFIED' || state === 'IN_PROGRESS')
    await waitFor(() => device.notices.length === 1)
  if (state === 'IN_PROGRESS')
    await device.progress(20)
  await bench.states(batchId, [state])
  return { device, batchId }
}

const retries = { retryMinutes: 60, retriesMax: 1 }
const cells: Cell[] = [
  { row: '7, the device asks', from: 'CONFIRM', say: device => device.ask(), to: 'CONFIRM' },
  { row: '7, the device asks', from: 'QUEUED', say: device => device.ask(), to: 'NOTIFIED' },
  { row: '7, the device asks', from: 'NOTIFIED', say: device => device.ask(), to: 'NOTIFIED' },
  { row: '7, the device asks', from: 'IN_PROGRESS', say: device => device.ask(), to: 'IN_PROGRESS', more: { percent: 20 } },
  { row: '9, progress', from: 'CONFIRM', say: device => device.progress(50), to: 'CONFIRM', more: { percent: 0 } },
  { row: '9, progress', from: 'QUEUED', say: device => device.progress(50), to: 'QUEUED', more: { percent: 0 } },
  { row: '9, progress', from: 'NOTIFIED', say: device => device.progress(50), to: 'IN_PROGRESS', more: { percent: 50 } },
  { row: '9, progress', from: 'IN_PROGRESS', say: device => device.progress(50), to: 'IN_PROGRESS', more: { percent: 50 } },
  { row: '10, a failure with retries left', from: 'CONFIRM', say: device => device.progress(-1), to: 'CONFIRM', more: { retries: 0 }, wish: retries },
  { row: '10, a failure with retries left', from: 'QUEUED', say: device => device.progress(-1), to: 'QUEUED', more: { retries: 0 }, wish: retries },
  { row: '10, a failure with retries left', from: 'NOTIFIED', say: device => device.progress(-1), to: 'NOTIFIED', more: { retries: 1 }, wish: retries },
  { row: '10, a failure with retries left', from: 'IN_PROGRESS', say: device => device.progress(-1), to: 'IN_PROGRESS', more: { retries: 1, percent: 20 }, wish: retries },
  { row: '11, a failure without', from: 'QUEUED', say: device => device.progress(-2), to: 'QUEUED' },
  { row: '11, a failure without', from: 'NOTIFIED', say: device => device.progress(-2), to: 'FAILED', more: { cause: 'progress' } },
  { row: '11, a failure without', from: 'IN_PROGRESS', say: device => device.progress(-4), to: 'FAILED', more: { cause: 'progress' } },
  { row: '12, the target version', from: 'CONFIRM', say: device => device.inform('2.0'), to: 'SUCCEEDED', more: { remark: 'The device had the version before it was told.' } },
  { row: '12, the target version', from: 'QUEUED', say: device => device.inform('2.0'), to: 'SUCCEEDED', more: { remark: 'The device had the version before it was told.' } },
  { row: '12, the target version', from: 'NOTIFIED', say: device => device.inform('2.0'), to: 'SUCCEEDED', more: { remark: '' } },
  { row: '12, the target version', from: 'IN_PROGRESS', say: device => device.inform('2.0'), to: 'SUCCEEDED', more: { percent: 100 } },
  { row: '13, the version as before', from: 'CONFIRM', say: device => device.inform('1.0'), to: 'CONFIRM' },
  { row: '13, the version as before', from: 'QUEUED', say: device => device.inform('1.0'), to: 'QUEUED' },
  { row: '13, the version as before', from: 'NOTIFIED', say: device => device.inform('1.0'), to: 'NOTIFIED' },
  { row: '13, the version as before', from: 'IN_PROGRESS', say: device => device.inform('1.0'), to: 'IN_PROGRESS' },
  { row: '14, another version with retries left', from: 'CONFIRM', say: device => device.inform('1.5'), to: 'CONFIRM', wish: retries },
  { row: '14, another version with retries left', from: 'QUEUED', say: device => device.inform('1.5'), to: 'QUEUED', wish: retries },
  { row: '14, another version with retries left', from: 'NOTIFIED', say: device => device.inform('1.5'), to: 'NOTIFIED', more: { retries: 0 }, wish: retries },
  { row: '14, another version with retries left', from: 'IN_PROGRESS', say: device => device.inform('1.5'), to: 'IN_PROGRESS', more: { retries: 1 }, wish: retries },
  { row: '15, another version without', from: 'CONFIRM', say: device => device.inform('1.5'), to: 'CONFIRM' },
  { row: '15, another version without', from: 'QUEUED', say: device => device.inform('1.5'), to: 'QUEUED' },
  { row: '15, another version without', from: 'NOTIFIED', say: device => device.inform('1.5'), to: 'NOTIFIED' },
  { row: '15, another version without', from: 'IN_PROGRESS', say: device => device.inform('1.5'), to: 'FAILED', more: { cause: 'version' } },
]

it('does to a task what the platform\'s table says, for every state and everything that a device can say', async () => {
  const bench = await startRollouts({ count: cells.length })
  const packageId = await bench.makePackage('2.0')
  const seen = await Promise.all(cells.map(async ({ row, from, say, to, more = {}, wish = {} }, index) => {
    const deviceName = `dev-${String(index + 1).padStart(4, '0')}`
    const { device, batchId } = await deviceIn(bench, from, deviceName, packageId, wish)
    const answer = await say(device)
    const { state, ...task } = await bench.taskOf(batchId, deviceName)
    expect([row, from, task]).toMatchObject([row, from, more])
    if (row.startsWith('7'))
      expect([from, answer]).toMatchObject([from, from === 'CONFIRM' ? {} : { version: '2.0' }])
    return { row, from, is: state, to }
  }))
  expect(seen.map(({ row, from, is }) => `${row}: ${from} → ${is}`)).toEqual(seen.map(({ row, from, to }) => `${row}: ${from} → ${to}`))
}, 60_000)

it('lets a task that begins with a conflict fail also where it would wait for the app, and changed tags go with the next notice', async () => {
  const bench = await startRollouts()
  const packageId = await bench.makePackage('2.0')
  const { device, batchId } = await deviceIn(bench, 'NOTIFIED', 'dev-0001', packageId, { tags: { wave: '1' } })
  await bench.states((await bench.createBatch(packageId, { needsConfirmation: true })).batchId, ['FAILED'])
  await bench.api.call('batch.update', { batchId, tags: { wave: '2' } })
  device.client.end(true)
  const again = await bench.connect('dev-0001')
  await waitFor(() => again.notices.length === 1)
  expect([device, again].map(({ notices }) => notices[0]!.message.data.extData)).toEqual([{ wave: '1' }, { wave: '2' }])
})

it('lets a device that is at its update go on after the planned end, and ends the batch with it', async () => {
  const bench = await startRollouts({ count: 4, clock: createFastClock(20) })
  const [one] = await Promise.all([bench.connect('dev-0001'), bench.connect('dev-0002')])
  const packageId = await bench.makePackage('2.0')
  const { createdAt } = await bench.createBatch(packageId, { scope: { kind: 'named', deviceNames: ['dev-0004'] }, pushes: false })
  const startAt = Math.round(createdAt) + 20_000
  const { batchId } = await bench.createBatch(packageId, { startAt, endAt: startAt + 30_000, scope: { kind: 'named', deviceNames: ['dev-0001', 'dev-0002', 'dev-0003'] } })
  expect(await one!.ask()).toEqual({})
  await waitFor(() => one!.notices.length === 1)
  await one!.progress(10)
  await bench.states(batchId, ['IN_PROGRESS', 'CANCELED', 'CANCELED'])
  expect((await bench.api.call('batch.get', { batchId })).state).toBe('IN_PROGRESS')
  await one!.inform('2.0')
  await bench.states(batchId, ['SUCCEEDED', 'CANCELED', 'CANCELED'])
  expect((await bench.api.call('batch.get', { batchId })).state).toBe('COMPLETED')
})
