import { expect, it } from 'vitest'
import { rates, writeQueueOf } from '../../../src/engine/status.ts'
import { limits } from '../../../src/shared/limits.ts'

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

it('tells how full the write queue is, by rows or by bytes, and how long it takes to empty', () => {
  expect(writeQueueOf({ queuedRows: 0, queuedBytes: 0 }, 0)).toMatchObject({ writeQueuePercent: 0, writeDrainSec: 0 })
  expect(writeQueueOf({ queuedRows: 50_000, queuedBytes: 1_000 }, 20_000)).toMatchObject({ writeQueuePercent: 50, writeDrainSec: 2.5 })
  expect(writeQueueOf({ queuedRows: 10, queuedBytes: limits.writeQueueBytesMax }, 0)).toMatchObject({ writeQueuePercent: 100, writeDrainSec: null })
})
