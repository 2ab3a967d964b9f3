import type { DevicesCsv, DevicesRead, WrongLine } from '../../../shared/contract/fleet-target.ts'
import type { FleetDevice } from '../messages.ts'
import Papa from 'papaparse'
import { limits } from '../../../shared/limits.ts'

const columns = ['productkey', 'devicename', 'devicesecret'] as const
const columnWords = { productkey: 'ProductKey', devicename: 'DeviceName', devicesecret: 'DeviceSecret' }
const namesShown = 3

/** Devices of a CSV as the cloud's console exports it: a header in any order and case, other columns are passed over. Every wrong line is told. */
export function readDevicesCsv({ csv, productKey: givenKey = '' }: DevicesCsv): { devices: FleetDevice[], wrong: WrongLine[] } {
  const rows = Papa.parse<string[]>(csv.replace(/^\uFEFF/, '').trimEnd(), { skipEmptyLines: false }).data
  const header = (rows[0] ?? []).map(name => name.replace(/[\s_]/g, '').toLowerCase())
  const places = columns.map(name => header.indexOf(name))
  const missing = columns.filter((name, at) => places[at] === -1 && !(name === 'productkey' && givenKey !== ''))
  if (missing.length > 0)
    return { devices: [], wrong: [{ line: 1, expected: `a header with ${missing.map(name => columnWords[name]).join(', ')}`, got: shorten(rows[0]?.join(',') ?? '') }] }

  const devices: FleetDevice[] = []
  const wrong: WrongLine[] = []
  const lineOf = new Map<string, number>()
  for (const [index, row] of rows.entries()) {
    if (index === 0 || row.every(field => field.trim() === ''))
      continue
    const line = index + 1
    const [productKey, deviceName, deviceSecret] = places.map(place => row[place]?.trim() ?? '')
    const device = { productKey: productKey || givenKey, deviceName: deviceName ?? '', deviceSecret: deviceSecret ?? '' }
    const expected = whatIsMissing(device)
    const name = `${device.productKey},${device.deviceName}`
    const earlier = lineOf.get(name)
    // A secret is never said back.
    if (expected !== undefined)
      wrong.push({ line, ...expected })
    else if (earlier !== undefined)
      wrong.push({ line, expected: 'each device once, because a second login kicks out the first', got: `${name}, which line ${earlier} has too` })
    else
      devices.push(device)
    lineOf.set(name, earlier ?? line)
  }
  if (devices.length === 0 && wrong.length === 0)
    wrong.push({ line: 2, expected: 'a device', got: 'the end of the file' })
  return { devices, wrong }
}

/** What can be told of what was read. */
export function describeDevicesRead({ devices, wrong }: { devices: readonly FleetDevice[], wrong: readonly WrongLine[] }): DevicesRead {
  return {
    devices: devices.length,
    productKeys: [...new Set(devices.map(({ productKey }) => productKey))],
    names: devices.slice(0, namesShown).map(({ deviceName }) => deviceName),
    wrong: wrong.slice(0, limits.fleetWrongLinesMax),
    wrongCount: wrong.length,
  }
}

const columnRules = { productKey: /^\w{1,64}$/, deviceName: /^[\w\-@.:]{1,64}$/, deviceSecret: /^\S{1,128}$/ }

function whatIsMissing(device: FleetDevice): { expected: string, got: string } | undefined {
  for (const name of ['productKey', 'deviceName', 'deviceSecret'] as const) {
    if (!columnRules[name].test(device[name])) {
      const word = `${name[0]!.toUpperCase()}${name.slice(1)}`
      return { expected: `a ${word}`, got: device[name] === '' ? 'nothing' : name === 'deviceSecret' ? 'something else' : shorten(device[name]) }
    }
  }
  return undefined
}

function shorten(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
