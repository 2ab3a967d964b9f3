import { Packr } from 'msgpackr'
import { AppError } from '../errors.ts'
import { limits } from '../limits.ts'

/**
 * MessagePack for wires that carry bytes (the WebSocket). `structuredClone` keeps typed arrays what they are. Records are
 * off because reading them makes functions from text, which the page's content policy forbids.
 */
const packr = new Packr({
  structuredClone: true,
  useRecords: false,
  mapsAsObjects: true,
  // Ports refuse a function; so does this wire, where msgpackr would quietly send nothing in its place.
  writeFunction: () => {
    throw new TypeError('a function cannot be sent')
  },
})

/**
 * One message as the bytes of one frame.
 * @throws AppError limit/reached when it is larger than `limits.rpcFrameBytesMax`.
 */
export function encodeFrame(message: unknown): Uint8Array {
  const frame: Uint8Array = packr.pack(message)
  if (frame.byteLength > limits.rpcFrameBytesMax) {
    throw new AppError('limit/reached', `A message of ${frame.byteLength} bytes is larger than the ${limits.rpcFrameBytesMax} bytes one message may have; ask for less at once.`, {
      limit: 'rpcFrameBytesMax',
      bytes: frame.byteLength,
      bytesMax: limits.rpcFrameBytesMax,
    })
  }
  return frame
}

/** The message in a frame, or undefined when the bytes are not one. */
export function decodeFrame(frame: Uint8Array): unknown {
  try {
    return packr.unpack(frame)
  }
  catch {
    return undefined
  }
}
