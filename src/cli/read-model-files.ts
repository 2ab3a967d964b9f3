import type { Buffer } from 'node:buffer'
import { readFile, stat } from 'node:fs/promises'
import { inflateRawSync } from 'node:zlib'
import { AppError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import { isZip, readZip } from '../shared/zip.ts'
import { readTextFile } from './read-text-file.ts'

/**
 * The thing model documents in files that the user named: JSON, or the zip archive of the cloud's console, which has a
 * file for each module.
 * @throws AppError `file/unreadable` saying which and why.
 */
export async function readModelFiles(files: readonly string[]): Promise<string[]> {
  return (await Promise.all(files.map(readModelFile))).flat()
}

async function readModelFile(file: string): Promise<string[]> {
  const bytes = await readStart(file)
  if (bytes === undefined || !isZip(bytes))
    return [await readTextFile(file)]
  const unreadable = (why: string): AppError => new AppError('file/unreadable', `The file ${file} cannot be read: ${why}.`, { file })
  const entries = readZip(bytes, limits.modelFilesMax)
  if (typeof entries === 'string')
    throw unreadable(entries)
  const texts: string[] = []
  for (const { name, method, packed } of entries.filter(entry => /\.json$/i.test(entry.name))) {
    try {
      const unpacked = method === 0 ? packed : inflateRawSync(packed, { maxOutputLength: 4 * limits.modelBytesMax })
      texts.push(new TextDecoder('utf-8', { fatal: true }).decode(unpacked))
    }
    catch {
      throw unreadable(`its file ${name} is damaged, too large or not UTF-8 text`)
    }
  }
  if (texts.length === 0)
    throw unreadable('the archive holds no .json file')
  return texts
}

/** The bytes of a file that can be an archive; undefined for one that is too large for it or cannot be read, which reading it as text explains. */
async function readStart(file: string): Promise<Buffer | undefined> {
  try {
    return (await stat(file)).size > limits.modelArchiveBytesMax ? undefined : await readFile(file)
  }
  catch {
    return undefined
  }
}
