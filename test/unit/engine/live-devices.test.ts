import type { DeviceLive } from '../../../src/shared/contract/device.ts'
import { expect, it } from 'vitest'
import { LiveDevices } from '../../../src/engine/live-devices.ts'
import { VirtualClock } from '../../../src/shared/clock.ts'

const settle = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

function watchOne(): { clock: VirtualClock, live: LiveDevices, items: DeviceLive[], dropped: () => number, leave: () => Promise<void> } {
  const clock = new VirtualClock()
  let dropped = 0
  const live = new LiveDevices(clock, (points) => { dropped += points })
  const items: DeviceLive[] = []
  const gone = new AbortController()
  const ended = live.watch(7, { state: 'OFFLINE' }, {
    send: async item => void items.push(item),
    signal: gone.signal,
  })
  return {
    clock,
    live,
    items,
    dropped: () => dropped,
    leave: () => {
      gone.abort()
      return ended
    },
  }
}

it('sends the present state first, then only what changed', async () => {
  const { clock, live, items, leave } = watchOne()
  await settle()
  live.reported(7, {
    Temperature: { value: 21, time: 1 },
  }, [
    { property: 'Temperature', at: 1, value: 21 },
  ])
  live.reported(7, {
    Temperature: { value: 22, time: 2 },
  }, [
    { property: 'Temperature', at: 2, value: 22 },
  ])
  live.reported(8, {
    Temperature: { value: 99, time: 3 },
  }, [])
  clock.advance(50)
  await settle()
  clock.advance(500)
  await leave()
  expect(items).toEqual([
    { state: 'OFFLINE' },
    {
      properties: {
        Temperature: { value: 22, time: 2 },
      },
      points: {
        Temperature: {
          at: Float64Array.of(1, 2),
          value: Float64Array.of(21, 22),
        },
      },
    },
  ])
})

it('leaves out the oldest points of a page that cannot keep up, and counts them', async () => {
  const { clock, live, items, dropped, leave } = watchOne()
  await settle()
  for (let at = 0; at <= 2_000; at++) {
    live.reported(7, {}, [
      { property: 'Speed', at, value: at },
    ])
  }
  clock.advance(50)
  await settle()
  await leave()
  const points = items.at(-1)?.points?.Speed
  expect({
    dropped: dropped(),
    kept: points?.at.length,
    last: points?.value.at(-1),
  }).toEqual({ dropped: 1_001, kept: 1_000, last: 2_000 })
})

it('watches nothing once the last page has left', async () => {
  const { live, leave } = watchOne()
  const before = live.isWatched(7)
  await leave()
  expect([
    before,
    live.isWatched(7),
  ]).toEqual([true, false])
})

it('streams the numbers inside structs as points of their own, and that the device tried to connect once an item', async () => {
  const { clock, live, items, leave } = watchOne()
  await settle()
  live.reported(7, { Place: { value: { lat: 1, name: 'x', more: { height: 3 } }, time: 5 } }, [])
  live.attempted(7)
  live.attempted(8)
  clock.advance(50)
  await settle()
  live.reported(7, { Place: { value: { lat: 2 }, time: 6 } }, [])
  clock.advance(50)
  await settle()
  await leave()
  const shown = items.slice(1).map(({ attempted, points = {} }) => [attempted, Object.entries(points).map(([name, { at, value }]) => [name, ...at, ...value])])
  expect(shown).toEqual([[true, [['Place.lat', 5, 1], ['Place.more.height', 5, 3]]], [undefined, [['Place.lat', 6, 2]]]])
})
