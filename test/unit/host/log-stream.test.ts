import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createFileLog, createSinkLog } from '../../../src/host/log-stream.ts'
import { tempFolder } from '../../support/temp-folder.ts'

function readLines(file: string): Record<string, unknown>[] {
  return readFileSync(file, 'utf8').trimEnd().split('\n').map(line => JSON.parse(line) as Record<string, unknown>)
}

it('writes one JSON object a line, with the level in words, the time in milliseconds and the fields', () => {
  const lines: string[] = []
  const before = Date.now()
  createSinkLog({
    write: line => lines.push(line),
  }).warn('the disk is slow', { waitedMs: 12 })

  expect(lines).toHaveLength(1)
  const { time, ...rest } = JSON.parse(lines[0]!) as { time: number }
  expect(rest).toEqual({ level: 'warn', waitedMs: 12, msg: 'the disk is slow' })
  expect(time).toBeGreaterThanOrEqual(before)
  expect(lines[0]).toMatch(/\n$/)
})

it('stamps the lines of a child with its fields and leaves lines below its level out', () => {
  const lines: string[] = []
  const log = createSinkLog({
    write: line => lines.push(line),
  }).child({ part: 'broker' })
  log.debug('not kept')
  log.info('kept')

  expect(lines.map(line => JSON.parse(line) as object)).toMatchObject([
    { part: 'broker', msg: 'kept' },
  ])
})

it('appends to the file it finds, which only the user may read', () => {
  const file = join(tempFolder(), 'engine.log')
  for (const message of ['first', 'second']) {
    const log = createFileLog(file)
    log.info(message)
    log.close()
  }

  expect(readLines(file).map(line => line.msg)).toEqual(['first', 'second'])
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

it('turns a full file over and keeps two files at most', () => {
  const folder = tempFolder()
  const file = join(folder, 'engine.log')
  const log = createFileLog(file, { fileBytesMax: 200 })
  for (let number = 0; number < 20; number++)
    log.info('a line of some length', { number })
  log.close()

  const numbers = [
    ...readLines(`${file}.1`),
    ...readLines(file),
  ].map(line => line.number)
  expect(numbers.at(-1)).toBe(19)
  expect(numbers.length).toBeLessThan(10)
  expect(statSync(file).size).toBeLessThan(400)
})

it('counts what an earlier run wrote against the size of the file', () => {
  const file = join(tempFolder(), 'engine.log')
  const write = (message: string): void => {
    const log = createFileLog(file, { fileBytesMax: 100 })
    log.info(message)
    log.info(message)
    log.close()
  }
  write('one')
  write('two')
  write('three')

  expect(statSync(file).size + statSync(`${file}.1`).size).toBeLessThan(6 * 60)
})

it('loses a line that cannot be written, stays usable, and writes again when it can', () => {
  const folder = tempFolder()
  const log = createFileLog(join(folder, 'missing', 'engine.log'))
  log.info('lost')
  mkdirSync(join(folder, 'missing'))
  log.info('kept')
  log.close()
  log.info('after the end')

  expect(readLines(join(folder, 'missing', 'engine.log')).map(line => line.msg)).toEqual(['kept'])
})
