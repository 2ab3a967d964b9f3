import { open } from 'node:fs/promises'
import { AppError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'

const reasons: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is a file, not a folder',
}

/**
 * The text of a file that the user named, UTF-8, of at most `bytesMax` bytes.
 * @throws AppError `file/unreadable` saying why.
 */
export async function readTextFile(file: string, bytesMax: number = 4 * limits.modelBytesMax): Promise<string> {
  const unreadable = (why: string): AppError => new AppError('file/unreadable', `The file ${file} cannot be read: ${why}.`, { file })
  let bytes: Buffer
  try {
    await using handle = await open(file)
    if ((await handle.stat()).size > bytesMax)
      throw unreadable(`it is larger than ${Math.floor(bytesMax / 1024)} KiB`)
    bytes = await handle.readFile()
  }
  catch (error) {
    if (error instanceof AppError)
      throw error
    const code = (error as NodeJS.ErrnoException).code ?? ''
    throw unreadable(reasons[code] ?? (error as Error).message)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  }
  catch {
    throw unreadable('it is not UTF-8 text')
  }
}
