import { afterEach, describe, expect, it } from 'vitest'
import { VirtualClock } from '../../../../src/shared/clock.ts'
import { createSessionSharing } from '../../../../src/ui/client/session-sharing.ts'

const channels: BroadcastChannel[] = []
afterEach(() => channels.splice(0).forEach(channel => channel.close()))

/** A tab of the same origin. */
function tab(clock = new VirtualClock()) {
  const channel = new BroadcastChannel('session-sharing.test')
  channels.push(channel)
  return createSessionSharing(channel, clock)
}

describe('sharing a session between tabs', () => {
  it('gives a new tab the session of one that has it', async () => {
    const [first, second, third] = [tab(), tab(), tab()]
    first.offer('s-1')
    expect(await third.ask()).toBe('s-1')
    second.offer('s-1')
    expect(await third.ask()).toBe('s-1')
  })

  it('gives the session of the moment', async () => {
    const [first, second] = [tab(), tab()]
    first.offer('old')
    first.offer('new')
    expect(await second.ask()).toBe('new')
  })

  it('comes to nothing when no tab has one', async () => {
    const clock = new VirtualClock()
    tab()
    const asked = tab(clock).ask()
    clock.advance(500)
    expect(await asked).toBeUndefined()
  })

  it('ignores messages that are none of its own', async () => {
    const clock = new VirtualClock()
    const other = new BroadcastChannel('session-sharing.test')
    channels.push(other)
    const asking = tab(clock)
    const heard = new Promise<void>(resolve => other.addEventListener('message', () => {
      for (const message of [null, 'text', { kind: 'answer', session: 7 }, { kind: 'other' }])
        other.postMessage(message)
      other.postMessage({ kind: 'answer', session: 'right' })
      resolve()
    }))
    const asked = asking.ask()
    await heard
    expect(await asked).toBe('right')
  })
})
