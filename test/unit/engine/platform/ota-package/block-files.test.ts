import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { BlockFiles } from '../../../../../src/engine/platform/ota-package/block-files.ts'
import { VirtualClock } from '../../../../../src/shared/clock.ts'
import { limits } from '../../../../../src/shared/limits.ts'
import { silentLog } from '../../../../../src/shared/log.ts'
import { tempFolder } from '../../../../support/temp-folder.ts'
import { waitFor } from '../../../../support/wait-for.ts'

function start(fileCount: number) {
  const dir = tempFolder()
  const paths = Array.from({ length: fileCount }, (_, index) => path.join(dir, String(index)))
  for (const [index, file] of paths.entries())
    writeFileSync(file, `file ${index} of many`)
  const clock = new VirtualClock()
  const files = new BlockFiles(clock, silentLog)
  onTestFinished(() => files.close())
  const text = async (index: number, offset: number, length: number): Promise<string> => Buffer.from((await files.read(paths[index]!, offset, length))!).toString()
  return { clock, files, paths, dir, text }
}

it('keeps few files open however many are read, and closes those that nobody reads any more', async () => {
  const { clock, files, paths, text } = start(limits.blockFilesOpenMax * 3)
  for (const index of paths.keys())
    expect(await text(index, 0, 6)).toBe(`file ${index}`.slice(0, 6))
  expect(files.openCount).toBe(limits.blockFilesOpenMax)
  clock.advance(limits.blockFileIdleMs - 1)
  expect(await text(0, 5, 1)).toBe('0')
  clock.advance(1)
  expect(files.openCount).toBe(1)
  clock.advance(limits.blockFileIdleMs * 2)
  expect(files.openCount).toBe(0)
})

it('reads more blocks than it may at a time one after the other, and refuses what cannot wait any more', async () => {
  const { files, paths } = start(1)
  const all = limits.blockReadsMax + limits.blockReadsWaitingMax
  const reads = Array.from({ length: all + 5 }, (_, index) => files.read(paths[0]!, index % 10, 1))
  const blocks = await Promise.all(reads)
  expect(blocks.slice(all)).toEqual([null, null, null, null, null])
  expect(blocks.slice(0, all).every((block, index) => block![0] === 'file 0 of many'.charCodeAt(index % 10))).toBe(true)
  expect(files.openCount).toBe(1)
})

it('tells of a file that is shorter than it should be, or not there, and reads it when it is right', async () => {
  const { files, paths, dir, text } = start(1)
  await expect(files.read(paths[0]!, 10, 10)).rejects.toThrow('ends at 14 of 20 bytes')
  const late = path.join(dir, 'late')
  await expect(files.read(late, 0, 4)).rejects.toThrow(/ENOENT/)
  writeFileSync(late, 'here')
  expect(Buffer.from((await files.read(late, 0, 4))!).toString()).toBe('here')
  expect(await text(0, 0, 4)).toBe('file')
})

it('leaves no file open when it is closed with blocks still to be read', async () => {
  const { files, paths } = start(1)
  const reads = Array.from({ length: limits.blockReadsMax + 3 }, () => files.read(paths[0]!, 0, 1).catch(() => 'failed'))
  await files.close()
  const ends = await Promise.all(reads)
  expect(ends.slice(-3)).toEqual([null, null, null])
  await waitFor(() => files.openCount === 0)
})
