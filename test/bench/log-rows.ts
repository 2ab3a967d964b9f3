import type { TraceEntry } from '../../src/engine/store/types.ts'
import { Buffer } from 'node:buffer'

/** What stands in the rows of the benchmark, for asking after it. Ids of devices begin at 1. */
export const benchFleet = {
  productKey: 'a1BenchPrdt',
  devices: 5_000,
  /** A device with twenty messages, and one with none. */
  rareDevice: 5_001,
  silentDevice: 5_002,
  /** A product whose only device is the rare one has a second, as rare, beside it. */
  rarePair: [5_001, 5_003],
  rareTopic: 'thing/event/Overheat/post',
  /** One message in a hundred fails with this, twenty in all with the other. */
  commonCode: 6320,
  rareCode: 6813,
  rareText: 'needle-in-the-hay',
} as const

export function deviceNameOf(deviceId: number): string {
  return `device-${deviceId}`
}

const utf8 = (value: object): Uint8Array => Buffer.from(JSON.stringify(value))
const note = 'x'.repeat(90)

/**
 * Makes the messages of devices that post and are answered, the same for the same arguments: `rows` of them, spread evenly up to
 * `endAt`, at `perSec` of the time they tell. `append` returns the id that a reply names as its cause.
 */
export function createRowMaker(append: (entry: TraceEntry) => number): (row: number, at: number, rows: number) => void {
  const { productKey, devices, rareDevice, rarePair, rareTopic, commonCode, rareCode, rareText } = benchFleet
  const topics = Array.from({ length: devices + 4 }, (_, deviceId) => `/sys/${productKey}/${deviceNameOf(deviceId)}/thing/event/property/post`)
  const reply = utf8({ code: 200, data: {}, id: '1', message: 'success', method: 'thing.event.property.post', version: '1.0' })
  let seed = 1
  let request = { id: 0, deviceId: 1 }
  return (row, at, rows) => {
    const common = { deviceKey: null, qos: 1, detail: null, samples: null }
    if (row % 2 === 1) {
      // One reply in fifty thousand is late.
      append({ ...common, at: row % 50_000 === 1 ? at + 700 : at, deviceId: request.deviceId, direction: 'down', topic: `${topics[request.deviceId]!}_reply`, payload: reply, code: 200, causeId: request.id || null })
      return
    }
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
    const rarely = row % (2 * Math.floor(rows / 40)) === 0
    const deviceId = rarely ? rarePair[row % 4 / 2]! : 1 + (seed >>> 8) % devices
    const payload = utf8({ id: String(row), version: '1.0', params: { Voltage: 210 + seed % 400 / 10, Note: rarely ? rareText : note }, method: 'thing.event.property.post' })
    const topic = rarely ? `/sys/${productKey}/${deviceNameOf(rareDevice)}/${rareTopic}` : topics[deviceId]!
    const code = rarely ? rareCode : (seed >>> 4) % 100 === 0 ? commonCode : 200
    request = { deviceId, id: append({ ...common, at, deviceId, direction: 'up', topic, payload, code, causeId: null }) }
  }
}
