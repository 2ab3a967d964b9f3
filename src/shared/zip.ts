/** One file in a zip archive, still packed. */
export interface ZipEntry {
  /** Byte for byte: other letters than ASCII are not decoded. */
  name: string
  /** 0 stored as it is, 8 deflated. */
  method: number
  /** Bytes of the unpacked file, as the archive says; whoever unpacks it must not believe that. */
  size: number
  packed: Uint8Array
}

const endSignature = 0x06054B50
const entrySignature = 0x02014B50
const localSignature = 0x04034B50
const endLength = 22
const commentMax = 0xFFFF
const nameCharactersMax = 1_024

/** True for bytes that begin as a zip archive does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === localSignature
}

/**
 * The files of a zip archive by its central directory, folders left out; a sentence when it is none, is damaged, is
 * encrypted, has more than `entriesMax` files, or uses what is beyond plain zip (several disks, 64-bit sizes).
 */
export function readZip(bytes: Uint8Array, entriesMax: number): ZipEntry[] | string {
  const view = viewOf(bytes)
  const end = findEnd(view)
  if (end === -1)
    return 'it is not a zip archive, or its end is missing'
  const count = view.getUint16(end + 10, true)
  if (count > entriesMax)
    return `it holds ${count} files, and at most ${entriesMax} are read`
  const entries: ZipEntry[] = []
  let at = view.getUint32(end + 16, true)
  for (let index = 0; index < count; index++) {
    const entry = readEntry(view, bytes, at)
    if (typeof entry === 'string')
      return entry
    if (!entry.name.endsWith('/'))
      entries.push(entry)
    at = entry.next
  }
  return entries
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** The end record stands last, followed only by a comment. */
function findEnd(view: DataView): number {
  for (let at = view.byteLength - endLength; at >= Math.max(0, view.byteLength - endLength - commentMax); at--) {
    if (view.getUint32(at, true) === endSignature)
      return at
  }
  return -1
}

function readEntry(view: DataView, bytes: Uint8Array, at: number): ZipEntry & { next: number } | string {
  const damaged = 'its list of files is damaged'
  if (at + 46 > view.byteLength || view.getUint32(at, true) !== entrySignature)
    return damaged
  const flags = view.getUint16(at + 8, true)
  const method = view.getUint16(at + 10, true)
  const packedSize = view.getUint32(at + 20, true)
  const size = view.getUint32(at + 24, true)
  const nameLength = view.getUint16(at + 28, true)
  const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  const local = view.getUint32(at + 42, true)
  if (next > view.byteLength || local + 30 > view.byteLength || view.getUint32(local, true) !== localSignature)
    return damaged
  const name = String.fromCharCode(...bytes.subarray(at + 46, at + 46 + Math.min(nameLength, nameCharactersMax)))
  if ((flags & 1) !== 0)
    return `its file ${name} is encrypted`
  if (method !== 0 && method !== 8)
    return `its file ${name} is packed in a way that is not known (${method})`
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
  if (start + packedSize > view.byteLength)
    return damaged
  return { name, method, size, packed: bytes.subarray(start, start + packedSize), next }
}
