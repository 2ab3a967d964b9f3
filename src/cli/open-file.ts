import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import { AppError } from '../shared/errors.ts'

/** Opens a file that the user named, for reading. Throws AppError file/unreadable saying why. */
export async function openFile(file: string): Promise<FileHandle> {
  const unreadable = (why: string): AppError => new AppError('file/unreadable', `The file ${file} cannot be read: ${why}.`, { file })
  let handle: FileHandle
  try {
    handle = await open(file)
  }
  catch (error) {
    throw unreadable((error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message)
  }
  if ((await handle.stat()).isFile())
    return handle
  await handle.close()
  throw unreadable('it is no file')
}

/** The bytes of a file from its beginning, in parts of at most `partBytes`. */
export async function* partsOf(handle: FileHandle, partBytes: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let offset = 0; ;) {
    const { bytesRead, buffer } = await handle.read(new Uint8Array(partBytes), 0, partBytes, offset)
    if (bytesRead === 0)
      return
    offset += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}
