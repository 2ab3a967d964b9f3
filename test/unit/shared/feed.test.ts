import { expect, it } from 'vitest'
import { VirtualClock } from '../../../src/shared/clock.ts'
import { Announcer, pump } from '../../../src/shared/feed.ts'

/** Lets everything that waits on an already settled promise run. */
const settle = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

function gather(): { items: string[], collector: { take: () => string | undefined }, add: (text: string) => void } {
  let waiting = ''
  return {
    items: [],
    add: (text) => { waiting += text },
    collector: {
      take: () => {
        const item = waiting || undefined
        waiting = ''
        return item
      },
    },
  }
}

it('sends at most one item per interval and joins what came in between', async () => {
  const clock = new VirtualClock()
  const { items, collector, add } = gather()
  const leave = new AbortController()
  const ended = pump(clock, {
    send: async item => void items.push(item),
    signal: leave.signal,
  }, collector, 50)
  add('a')
  add('b')
  await settle()
  clock.advance(50)
  await settle()
  add('c')
  clock.advance(49)
  await settle()
  expect(items).toEqual(['ab'])
  clock.advance(1)
  await settle()
  leave.abort()
  await ended
  expect(items).toEqual(['ab', 'c'])
})

it('waits for a subscriber without room instead of sending more', async () => {
  const clock = new VirtualClock()
  const { items, collector, add } = gather()
  const leave = new AbortController()
  let makeRoom = (): void => {}
  const send = (item: string): Promise<void> => new Promise((resolve) => {
    items.push(item)
    makeRoom = resolve
  })
  add('a')
  const ended = pump(clock, { send, signal: leave.signal }, collector, 50)
  add('b')
  clock.advance(1_000)
  await settle()
  expect(items).toEqual(['a'])
  makeRoom()
  await settle()
  add('c')
  clock.advance(50)
  await settle()
  expect(items).toEqual(['a', 'bc'])
  leave.abort()
  await ended
})

it('fails the stream when the collector fails, and ends quietly when the subscriber has left', async () => {
  const clock = new VirtualClock()
  const here = new AbortController()
  const failing = {
    take: (): string => { throw new Error('gone') },
  }
  await expect(pump(clock, {
    send: async () => {},
    signal: here.signal,
  }, failing, 50)).rejects.toThrow('gone')
  const left = new AbortController()
  left.abort()
  await expect(pump(clock, {
    send: async () => {},
    signal: left.signal,
  }, failing, 50)).resolves.toBeUndefined()
})

it('announces to those who listen and forgets them when they leave', () => {
  const announcer = new Announcer<number>()
  const heard: number[] = []
  const leave = new AbortController()
  announcer.listen(leave.signal, value => heard.push(value))
  announcer.announce(1)
  leave.abort()
  announcer.announce(2)
  expect({ heard, listening: announcer.listening }).toEqual({
    heard: [1],
    listening: false,
  })
})
