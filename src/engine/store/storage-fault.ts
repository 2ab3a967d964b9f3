/**
 * What a failed SQLite call means for the store: the file is `damaged` and has to be set aside; it is `unwritable` for
 * now and the work is tried again later; or this `statement` is wrong and no repetition will help.
 */
export type StorageFault = 'damaged' | 'unwritable' | 'statement'

/** SQLite result codes that blame the statement or its values, not the file. */
const statementCodes = ['SQLITE_CONSTRAINT', 'SQLITE_ERROR', 'SQLITE_MISMATCH', 'SQLITE_TOOBIG', 'SQLITE_RANGE', 'SQLITE_AUTH', 'SQLITE_MISUSE', 'SQLITE_SCHEMA']

const causes: [prefix: string, cause: string][] = [
  ['SQLITE_FULL', 'the disk is full'],
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['SQLITE_READONLY', 'the file may only be read'],
  ['EROFS', 'the disk may only be read'],
  ['SQLITE_CANTOPEN', 'the file cannot be opened'],
  ['SQLITE_PERM', 'permission denied'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['ENOTDIR', 'part of the path is a file, not a folder'],
  ['EISDIR', 'a folder is where the file should be'],
  ['SQLITE_BUSY', 'another program has the file locked'],
  ['SQLITE_LOCKED', 'another program has the file locked'],
  ['SQLITE_IOERR', 'the disk reported an error'],
  ['EIO', 'the disk reported an error'],
  ['SQLITE_NOTADB', 'it is not a SQLite database'],
  ['SQLITE_CORRUPT', 'its content is damaged'],
]

/** Sorts an error thrown by SQLite, by the file system or by the binding of parameters. */
export function faultOf(error: unknown): StorageFault {
  const code = codeOf(error)
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return 'damaged'
  if (code === '' || statementCodes.some(prefix => code.startsWith(prefix)))
    return 'statement'
  return 'unwritable'
}

/** An error for content that SQLite handed out but that cannot be what was written; counts as damage of the file. */
export function damagedContent(message: string): Error {
  return Object.assign(new Error(message), { code: 'SQLITE_CORRUPT' })
}

/** Why it failed, as the end of a sentence: `the disk is full (SQLITE_FULL)`. */
export function causeOf(error: unknown): string {
  const code = codeOf(error)
  const known = causes.find(([prefix]) => code.startsWith(prefix))
  const message = error instanceof Error ? error.message : String(error)
  return known ? `${known[1]} (${code})` : message
}

/** The code of a SQLite or file system error; empty for anything else. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && !error.code.startsWith('ERR_')
    ? error.code
    : ''
}
