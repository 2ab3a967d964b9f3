import type { DataType, Property, ThingModel } from './types.ts'

/** How the sample writes a value of each type; what has no fixed size is text with its length in two bytes. */
const encodings: Record<DataType['type'], string> = {
  int: 'int32',
  long: 'int64',
  float: 'float32',
  double: 'float64',
  bool: 'uint8',
  enum: 'int32',
  text: 'text',
  date: 'text',
  struct: 'json',
  array: 'json',
}

const sampleText = String.raw`// Translates between the bytes of this product's devices and Alink.
//
// byte 0       what the message is: see the constants below
// bytes 1-4    id of the message, a number without a sign, most significant byte first
// REPORT, SET  the properties, each as its number in the list below (one byte) and its value
// ..._REPLY    the code of the answer in two bytes
// JSON_TEXT    instead of an id: any Alink message as JSON in UTF-8 (events, services, tags ...)

var REPORT = 0x00
var SET = 0x01
var REPORT_REPLY = 0x02
var SET_REPLY = 0x03
var JSON_TEXT = 0xff

var REPORT_METHOD = 'thing.event.property.post'
var SET_METHOD = 'thing.service.property.set'

var properties = [
/* properties */
]

/** Bytes from a device: a list of numbers from 0 to 255. Returns an Alink message. */
function rawDataToProtocol(bytes) {
  if (bytes[0] === JSON_TEXT)
    return JSON.parse(readText(bytes.slice(1)))
  var view = new DataView(new Uint8Array(bytes).buffer)
  var id = String(view.getUint32(1))
  switch (bytes[0]) {
    case REPORT:
      return { method: REPORT_METHOD, version: '1.0', id: id, params: readProperties(view, 5) }
    case SET_REPLY:
      return { method: SET_METHOD, version: '1.0', id: id, code: view.getUint16(5), data: {} }
    default:
      throw new Error('unknown message 0x' + bytes[0].toString(16))
  }
}

/** An Alink message from the platform. Returns the bytes for the device. */
function protocolToRawData(json) {
  if (json.method === SET_METHOD)
    return [SET].concat(writeNumber(4, 'setUint32', Number(json.id)), writeProperties(json.params))
  if (json.method === REPORT_METHOD)
    return [REPORT_REPLY].concat(writeNumber(4, 'setUint32', Number(json.id)), writeNumber(2, 'setUint16', json.code))
  return [JSON_TEXT].concat(writeText(toJson(json)))
}

function readProperties(view, at) {
  var params = {}
  while (at < view.byteLength) {
    var property = properties[view.getUint8(at)]
    if (property === undefined)
      throw new Error('no property has the number ' + view.getUint8(at))
    at += 1
    switch (property[1]) {
      case 'uint8': params[property[0]] = view.getUint8(at); at += 1; break
      case 'int32': params[property[0]] = view.getInt32(at); at += 4; break
      case 'int64': params[property[0]] = view.getBigInt64(at); at += 8; break
      case 'float32': params[property[0]] = Number(view.getFloat32(at).toPrecision(7)); at += 4; break
      case 'float64': params[property[0]] = view.getFloat64(at); at += 8; break
      default:
        var length = view.getUint16(at)
        var text = readText(Array.from(new Uint8Array(view.buffer, at + 2, length)))
        params[property[0]] = property[1] === 'json' ? JSON.parse(text) : text
        at += 2 + length
    }
  }
  return params
}

function writeProperties(params) {
  var bytes = []
  properties.forEach(function (property, number) {
    var value = params[property[0]]
    if (value !== undefined)
      bytes = bytes.concat([number], writeValue(property[1], value))
  })
  return bytes
}

function writeValue(encoding, value) {
  switch (encoding) {
    case 'uint8': return [value]
    case 'int32': return writeNumber(4, 'setInt32', value)
    case 'int64': return writeNumber(8, 'setBigInt64', BigInt(value))
    case 'float32': return writeNumber(4, 'setFloat32', value)
    case 'float64': return writeNumber(8, 'setFloat64', value)
    default:
      var text = writeText(encoding === 'json' ? toJson(value) : value)
      return writeNumber(2, 'setUint16', text.length).concat(text)
  }
}

function writeNumber(size, setter, value) {
  var view = new DataView(new ArrayBuffer(size))
  view[setter](0, value)
  return Array.from(new Uint8Array(view.buffer))
}

/** Integers of 64 bits are BigInt here, which JSON does not know. */
function toJson(value) {
  return JSON.stringify(value, function (key, item) { return typeof item === 'bigint' ? String(item) : item })
}

function readText(bytes) {
  return decodeURIComponent(bytes.map(function (byte) { return '%' + (byte + 256).toString(16).slice(1) }).join(''))
}

function writeText(text) {
  return Array.from(unescape(encodeURIComponent(text)), function (char) { return char.charCodeAt(0) })
}
`

/**
 * A parsing script to begin with, for a product with a custom data format (Alink 5.8): it carries the properties of the
 * product's thing model in a small binary form, and everything else as JSON text, so that it works as it stands.
 */
export function sampleScript(model: ThingModel | null): string {
  const properties = (model?.properties ?? []).map(({ identifier, dataType }: Property) => `  [${JSON.stringify(identifier)}, '${encodings[dataType.type]}'],\n`)
  return sampleText.replace('/* properties */\n', () => properties.join(''))
}
