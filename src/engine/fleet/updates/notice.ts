import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import { defaultModule } from '../../../shared/alink/ota.ts'
import { isJsonObject } from '../../../shared/json.ts'

/** A file that a device is told to fetch. */
export interface ToldFile {
  /** Empty when it comes over MQTT. */
  url: string
  /** Bytes. */
  size: number
  algorithm: 'md5' | 'sha256'
  /** Hex digits. */
  digest: string
}

/** What a notice of an update tells a device. */
export interface Notice {
  version: string
  module: string
  /** At least one. */
  files: ToldFile[]
  /** Bytes of all files. */
  size: number
  /** Download over MQTT: which transfer, and which file of it. */
  stream: { streamId: number, streamFileId: number } | null
}

const word = /^[\w.-]{1,64}$/

/**
 * Reads the `data` of a notice, pushed or asked for (Alink 8.3): null when it says that there is no update, undefined when it
 * cannot be read. Anything may come.
 */
export function readNotice(data: JsonValue | undefined): Notice | null | undefined {
  if (!isJsonObject(data))
    return undefined
  if (Object.keys(data).length === 0)
    return null
  const { version, module = defaultModule, signMethod = 'Md5', dProtocol, streamId, streamFileId } = data
  if (typeof version !== 'string' || !word.test(version) || typeof module !== 'string' || !word.test(module) || typeof signMethod !== 'string')
    return undefined
  const algorithm = signMethod.toLowerCase()
  if (algorithm !== 'md5' && algorithm !== 'sha256')
    return undefined
  const stream = dProtocol === 'mqtt' && typeof streamId === 'number' && typeof streamFileId === 'number' ? { streamId, streamFileId } : null
  const listed = Array.isArray(data.files)
    ? data.files.map(file => isJsonObject(file) ? readFile(file.fileUrl, file.fileSize, file.fileSign ?? file.fileMd5, algorithm) : undefined)
    : [readFile(stream === null ? data.url : '', data.size, data.sign ?? data.md5, algorithm)]
  const files = listed.filter(file => file !== undefined)
  if (files.length === 0 || files.length < listed.length)
    return undefined
  return { version, module, files, size: files.reduce((sum, { size }) => sum + size, 0), stream }
}

/** Reads what a device is told of a configuration, in an answer and in a push (Alink 9); undefined when it cannot be read. */
export function readConfigNotice(data: JsonValue | undefined): { configId: string, file: ToldFile } | undefined {
  if (!isJsonObject(data))
    return undefined
  const { configId, configSize, sign, signMethod, url }: JsonObject = data
  const algorithm = typeof signMethod === 'string' ? signMethod.toLowerCase() : ''
  const file = algorithm === 'md5' || algorithm === 'sha256' ? readFile(url, configSize, sign, algorithm) : undefined
  return typeof configId === 'string' && file !== undefined ? { configId, file } : undefined
}

function readFile(url: JsonValue | undefined, size: JsonValue | undefined, digest: JsonValue | undefined, algorithm: 'md5' | 'sha256'): ToldFile | undefined {
  return typeof url === 'string' && typeof size === 'number' && size >= 0 && typeof digest === 'string'
    ? { url, size, algorithm, digest: digest.toLowerCase() }
    : undefined
}
