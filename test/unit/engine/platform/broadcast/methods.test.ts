import { expect, it } from 'vitest'
import { broadcastMethodHandlers } from '../../../../../src/engine/platform/broadcast/methods.ts'

/** A broadcast to many devices, seen as a line of what it did: `pause`, or how many were sent in a row. */
function startBench(deviceCount: number) {
  const turns: (number | 'pause')[] = []
  const notes: string[] = []
  const handlers = broadcastMethodHandlers({
    now: () => 0,
    nextId: () => '17',
    applyLimits: () => false,
    send: (deviceId) => {
      const last = turns.at(-1)
      turns.splice(typeof last === 'number' ? -1 : turns.length, 1, typeof last === 'number' ? last + 1 : 1)
      return deviceId % 2 === 0
    },
    record: () => 5,
    amend: (id, { detail }) => notes.push(`${id} ${detail}`),
    pause: async () => void turns.push('pause'),
    onlineDevices: productKey => Array.from({ length: deviceCount }, (_, deviceId) => ({ deviceId, productKey, deviceName: `d${deviceId}` })),
    hasSubscribed: deviceId => deviceId < 3,
    requireProduct: () => {},
  })
  const send = (input: { text: string, topic?: string }, signal: AbortSignal = new AbortController().signal) => handlers['broadcast.send']({ productKey: 'a1', ...input }, { signal })
  return { turns, notes, send }
}

it('sends a number of devices in each turn, and says how many it reached', async () => {
  const { turns, notes, send } = startBench(1_201)
  expect(await send({ text: 'x' })).toEqual({ messageId: '17', traceId: 5, deviceCount: 1_201, reachedCount: 601 })
  expect(turns).toEqual([500, 'pause', 500, 'pause', 201, 'pause'])
  expect(notes).toEqual([expect.stringContaining('Sent to 601 of 1201 devices that were online.')])
})

it('sends fewer in a turn when the message is long', async () => {
  const { turns, send } = startBench(70)
  await send({ text: 'x'.repeat(256 * 1024) })
  expect(turns).toEqual([31, 'pause', 31, 'pause', 8, 'pause'])
})

it('stops when its caller goes away, and says so', async () => {
  const { notes, send } = startBench(3)
  expect(await send({ text: 'x' }, AbortSignal.abort())).toMatchObject({ deviceCount: 3, reachedCount: 0 })
  expect(notes).toEqual([expect.stringContaining('stopped before its end')])
})

it('sends only to who has subscribed when it has a topic', async () => {
  const { notes, send } = startBench(600)
  expect(await send({ text: 'x', topic: 'alarm' })).toMatchObject({ deviceCount: 3, reachedCount: 2 })
  expect(notes).toEqual([expect.stringContaining('2 of 3 devices that had subscribed to /broadcast/a1/alarm')])
})
