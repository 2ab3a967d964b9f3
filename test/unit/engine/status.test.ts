import { describe, expect, it } from 'vitest'
import { findBottleneck, rates } from '../../../src/engine/status.ts'

const calm = { p50: 0, p95: 1, p99: 2 }
const late = { p50: 10, p95: 60, p99: 90 }

it('makes rates per second from two looks at running totals', () => {
  const before = {
    at: 1_000,
    up: 100,
    down: 50,
    refused: 0,
    stored: 150,
  }
  const now = {
    at: 1_500,
    up: 200,
    down: 150,
    refused: 1,
    stored: 350,
  }
  expect(rates(before, now)).toEqual({
    upPerSec: 200,
    downPerSec: 200,
    refusedPerSec: 2,
    storedPerSec: 400,
  })
  expect(rates(now, now)).toEqual({
    upPerSec: 0,
    downPerSec: 0,
    refusedPerSec: 0,
    storedPerSec: 0,
  })
})

describe('the bottleneck', () => {
  it.each([
    [
      'none while everything keeps up',
      {
        storeFailing: null,
        writeQueueRows: 10,
        loopLagMs: calm,
        tickLatenessMs: calm,
      },
      'none',
    ],
    [
      'the writer while it cannot write, whatever else is late',
      {
        storeFailing: 'disk full',
        writeQueueRows: 0,
        loopLagMs: late,
        tickLatenessMs: late,
      },
      'writer',
    ],
    [
      'the writer while its queue is long',
      {
        storeFailing: null,
        writeQueueRows: 30_000,
        loopLagMs: late,
        tickLatenessMs: late,
      },
      'writer',
    ],
    [
      'the broker while its loop is late, because that makes a fleet look slow',
      {
        storeFailing: null,
        writeQueueRows: 0,
        loopLagMs: late,
        tickLatenessMs: late,
      },
      'broker',
    ],
    [
      'the fleet while only its tick is late',
      {
        storeFailing: null,
        writeQueueRows: 0,
        loopLagMs: calm,
        tickLatenessMs: late,
      },
      'fleet',
    ],
    [
      'none while no fleet runs',
      {
        storeFailing: null,
        writeQueueRows: 0,
        loopLagMs: calm,
        tickLatenessMs: null,
      },
      'none',
    ],
  ] as const)('is %s', (_, status, expected) => {
    expect(findBottleneck(status)).toBe(expected)
  })
})
