import type { SeriesBlocks, SeriesState } from '../../../../../src/engine/store/write/series-blocks.ts'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { seriesFile } from '../../../../../src/engine/store/database-files.ts'
import { openConnection } from '../../../../../src/engine/store/open.ts'
import { decodePoints } from '../../../../../src/engine/store/series-block.ts'
import { openSeriesBlocks } from '../../../../../src/engine/store/write/series-blocks.ts'
import { tempFolder } from '../../../../support/temp-folder.ts'

const unwritten: SeriesState = { id: 0, rowId: 0, chunks: 0, chunkPoints: 0, chunksFrom: 0 }

interface OpenedBlocks {
  blocks: SeriesBlocks
  /** Writes points of a property of device 1, in a transaction. */
  write: (pairs: number[], property?: string) => SeriesState
  /** The sizes of all blocks of a property in order of time. */
  sizes: (property?: string) => number[]
  /** Every instant in the blocks of a property. */
  instants: (property?: string) => number[]
}

function open(): OpenedBlocks {
  const dir = tempFolder()
  const blocks = openSeriesBlocks(dir)
  const db = openConnection(join(dir, seriesFile), { readonly: true })
  onTestFinished(() => {
    db.close()
    blocks.close()
  })
  const states = new Map<string, SeriesState>()
  const rows = (property: string) => db.prepare(`SELECT n, first_at, data FROM block JOIN points ON points.id = block.id
    WHERE series_id = (SELECT id FROM series WHERE property = ?) ORDER BY first_at`).all(property) as { n: number, first_at: number, data: Uint8Array }[]
  return {
    blocks,
    write(pairs, property = 'a') {
      const state = blocks.transaction(() => blocks.write({ deviceId: 1, property, state: states.get(property) ?? unwritten }, pairs, 1))
      states.set(property, state)
      return state
    },
    sizes: (property = 'a') => rows(property).map(({ n }) => n),
    instants: (property = 'a') => rows(property).flatMap(({ n, first_at, data }) => [...decodePoints(data, n, first_at).offsets].map(offset => first_at + offset)),
  }
}

const run = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => [from + i, (from + i) / 10]).flat()

it('keeps a few points as a chunk and thousands as full blocks', () => {
  const { write, sizes } = open()
  expect(write(run(0, 10))).toMatchObject({ chunks: 1, chunkPoints: 10, chunksFrom: 0 })
  expect(write(run(10, 8202))).toMatchObject({ chunks: 1, chunkPoints: 10, chunksFrom: 8192 })
  expect(sizes()).toEqual([4096, 4096, 10])
})

it('merges chunks into a full block when they add up to one', () => {
  const { write, sizes, instants } = open()
  for (let i = 0; i < 41; i++)
    write(run(i * 100, i * 100 + 100))
  expect(sizes()).toEqual([4096, 4])
  expect(instants()).toEqual(Array.from({ length: 4100 }, (_, i) => i))
})

it('merges very many small chunks before they fill a block', () => {
  const { write, sizes } = open()
  for (let i = 0; i < 65; i++)
    write(run(i, i + 1))
  expect(sizes()).toEqual([65])
})

it('puts points that come late in order when chunks are merged', () => {
  const { write, sizes, instants } = open()
  write(run(5000, 7000))
  write(run(0, 3000))
  expect(sizes()).toEqual([4096, 904])
  expect(instants()).toEqual([...Array.from({ length: 3000 }, (_, i) => i), ...Array.from({ length: 2000 }, (_, i) => 5000 + i)])
})

it('remembers what it knows of a series over a restart', () => {
  const { blocks, write } = open()
  const state = write(run(0, 10))
  expect(blocks.load(1, 'a')).toEqual(state)
  expect(blocks.load(2, 'a')).toBeUndefined()
})

it('deletes blocks that end before a time, some at a time, and uses their space again', () => {
  const { blocks, write, sizes } = open()
  for (let i = 0; i < 300; i++)
    write(run(0, 4096), `old-${i}`)
  write(run(0, 4096), 'both')
  write(run(4096, 8192), 'both')
  const usedBefore = blocks.usedBytes()
  let cursor = { afterSeriesId: 0, done: false }
  let steps = 0
  for (; !cursor.done; steps++)
    cursor = blocks.expire(5000, cursor)
  expect(steps).toBeGreaterThan(2)
  expect(sizes('old-7')).toEqual([])
  expect(sizes('both')).toEqual([4096])
  expect(blocks.usedBytes()).toBeLessThan(usedBefore / 10)
})

it('writes nothing and keeps its state when the transaction fails', () => {
  const { blocks, write, sizes } = open()
  write(run(0, 10))
  expect(() => blocks.transaction(() => {
    blocks.write({ deviceId: 1, property: 'b', state: unwritten }, run(0, 5000), 2)
    throw new Error('stop')
  })).toThrow('stop')
  expect(sizes('b')).toEqual([])
  expect(blocks.load(1, 'b')).toBeUndefined()
})
