import type { DeviceCertificate } from '../shared/contract/device.ts'
import Papa from 'papaparse'
import { AppError } from '../shared/errors.ts'

const columns = ['productKey', 'deviceName', 'deviceSecret'] as const

/**
 * Reads device certificates from CSV: a header naming productKey, deviceName and deviceSecret in any order and case
 * (other columns are ignored), then a device a line.
 * @throws AppError input/invalid naming file, line, what was expected and what came.
 */
export function parseDevicesFile(text: string, file: string): DeviceCertificate[] {
  const rows = Papa.parse<string[]>(text.replace(/^\uFEFF/, ''), { skipEmptyLines: false }).data
  const wrong = (index: number, expected: string, got: string): AppError =>
    new AppError('input/invalid', `${file} line ${index + 1}: expected ${expected}, got ${got}.`, { file, line: index + 1, expected, got })

  const header = (rows[0] ?? []).map(name => name.trim().toLowerCase())
  const places = columns.map(name => header.indexOf(name.toLowerCase()))
  if (places.includes(-1))
    throw wrong(0, `a header with ${columns.join(',')}`, JSON.stringify(rows[0]?.join(',') ?? ''))

  const devices: DeviceCertificate[] = []
  const lineOf = new Map<string, number>()
  for (const [index, row] of rows.entries()) {
    if (index === 0 || row.every(field => field.trim() === ''))
      continue
    const fields = places.map(place => row[place]?.trim() ?? '')
    const missing = fields.indexOf('')
    if (missing !== -1)
      throw wrong(index, `a ${columns[missing]}`, JSON.stringify(row.join(',')))
    const [productKey = '', deviceName = '', deviceSecret = ''] = fields
    const earlier = lineOf.get(`${productKey}/${deviceName}`)
    if (earlier !== undefined)
      throw wrong(index, 'each device once, because a second login kicks out the first', `${productKey},${deviceName}, which line ${earlier + 1} has too`)
    lineOf.set(`${productKey}/${deviceName}`, index)
    devices.push({ productKey, deviceName, deviceSecret })
  }
  return devices
}
