import { describe, expect, it } from 'vitest'
import { ConnectPacer } from '../../../../src/engine/fleet/connect-pacer.ts'

function waitingPacer(connectPerSec: number, handshakesMax: number, count = 1000): ConnectPacer {
  const pacer = new ConnectPacer(connectPerSec, handshakesMax)
  for (let index = 0; index < count; index++)
    pacer.enqueue(index)
  return pacer
}

function takeAll(pacer: ConnectPacer, now: number, answer = true): number[] {
  const taken: number[] = []
  for (let index = pacer.take(now); index !== undefined; index = pacer.take(now)) {
    taken.push(index)
    if (answer)
      pacer.handshakeEnded()
  }
  return taken
}

describe('connect pacing', () => {
  it('lets so many connect a second, first come first served', () => {
    const pacer = waitingPacer(100, 90)
    const taken: number[] = []
    for (let now = 0; now <= 1000; now += 50)
      taken.push(...takeAll(pacer, now))
    expect(taken).toEqual(Array.from({ length: 110 }, (_, index) => index))
  })

  it('opens no more handshakes than the window holds, and the next one when one ends', () => {
    const pacer = waitingPacer(20_000, 90)
    expect(takeAll(pacer, 0, false)).toHaveLength(90)
    expect(takeAll(pacer, 50)).toEqual([])
    pacer.handshakeEnded()
    expect(takeAll(pacer, 50, false)).toEqual([90])
  })

  it('does not make up for a long pause in one burst', () => {
    const pacer = waitingPacer(100, 90)
    takeAll(pacer, 0)
    expect(takeAll(pacer, 3_600_000)).toHaveLength(10)
  })

  it('connects even less than one device a tick', () => {
    const pacer = waitingPacer(0.5, 90)
    const takenAt: number[] = []
    for (let now = 0; now <= 6000; now += 50)
      takeAll(pacer, now).forEach(() => takenAt.push(now))
    expect(takenAt).toEqual([0, 2000, 4000, 6000])
  })

  it('takes a new rate at once', () => {
    const pacer = waitingPacer(1, 90)
    takeAll(pacer, 0)
    pacer.connectPerSec = 1000
    expect(takeAll(pacer, 50)).toHaveLength(50)
  })
})
