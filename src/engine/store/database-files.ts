import { existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'

/** The names of the store's files inside a workspace. */
export const registryFile = 'thingbench.db'
export const seriesFile = 'series.db'
export const tracesFolder = 'traces'

/** What SQLite keeps beside a database file. */
const companions = ['', '-wal', '-shm', '-journal']

/** A segment of the trace: `2026-11-21-001.db` is the first one of that UTC day. */
export interface SegmentName { file: string, day: string, number: number }

/** Undefined when the name is not one of a segment. */
export function parseSegmentName(file: string): SegmentName | undefined {
  const match = /^(\d{4}-\d\d-\d\d)-(\d{3,})\.db$/.exec(file)
  return match ? { file, day: match[1]!, number: Number(match[2]) } : undefined
}

/** The file name of a segment; the inverse of {@link parseSegmentName}. */
export function buildSegmentName(day: string, number: number): string {
  return `${day}-${String(number).padStart(3, '0')}.db`
}

/** Orders segments as they were written. */
export function compareSegmentNames(a: SegmentName, b: SegmentName): number {
  return a.day < b.day ? -1 : a.day > b.day ? 1 : a.number - b.number
}

/**
 * The number for a new segment of a day: one more than any file of that day has, damaged ones included, so that
 * setting a segment aside never meets a name that is taken.
 */
export function nextSegmentNumber(files: string[], day: string): number {
  const numbers = files
    .map(file => parseSegmentName(file.replace(/\.damaged.*$/, '')))
    .filter(name => name?.day === day)
    .map(name => name!.number)
  return Math.max(0, ...numbers) + 1
}

/** Renames a damaged database with its companions to `<name>.damaged` (or `.damaged-2`, …) and returns the new path. */
export function setDatabaseAside(path: string): string {
  let aside = `${path}.damaged`
  for (let attempt = 2; existsSync(aside); attempt++)
    aside = `${path}.damaged-${attempt}`
  for (const companion of companions) {
    if (existsSync(path + companion))
      renameSync(path + companion, aside + companion)
  }
  return aside
}

/** Deletes a database with its companions, without holding up the thread. */
export async function removeDatabase(path: string): Promise<void> {
  for (const companion of companions)
    await rm(path + companion, { force: true })
}

/** Deletes a small database with its companions. */
export function removeDatabaseSync(path: string): void {
  for (const companion of companions)
    rmSync(path + companion, { force: true })
}

/** Bytes of a database on disk, its write-ahead log included; 0 when it is not there. */
export function databaseBytes(path: string): number {
  let bytes = 0
  for (const companion of companions)
    bytes += statSync(path + companion, { throwIfNoEntry: false })?.size ?? 0
  return bytes
}

/** Where a segment lies inside the workspace `dir`. */
export function segmentPath(dir: string, file: string): string {
  return join(dir, tracesFolder, file)
}
