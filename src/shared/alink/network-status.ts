import type { JsonValue } from '../json.ts'
import { isJsonObject } from '../json.ts'

/** What a device reports of its Wi-Fi link (Alink 7.4); null for what it left out. */
export interface NetworkReport {
  /** When it was measured, epoch milliseconds; null when not told. */
  collectedAt: number | null
  rssiDbm: number | null
  snrDb: number | null
  /** Lost packets, per mille. */
  packetLossPerMille: number | null
  /** As it came, such as `10,02,01;10,05,01`; empty without one. */
  errorStats: string
}

/** One kind of network error with how often it happened. */
export interface NetworkError {
  /** Two hexadecimal digits each, such as `10` and `02`. */
  type: string
  code: string
  count: number
  /** What it means, in a few words. */
  meaning: string
}

const errorMeanings: Readonly<Record<string, string>> = {
  '00 01': 'radio: signal strength (RSSI)',
  '00 02': 'radio: signal to noise (SNR)',
  '00 03': 'radio: packet loss',
  '10 01': 'connecting: Wi-Fi or router',
  '10 02': 'connecting: DHCP',
  '10 03': 'connecting: DNS',
  '10 04': 'connecting: TCP',
  '10 05': 'connecting: TLS',
  '20 01': 'link: closed by the cloud',
  '20 02': 'link: reading or writing failed',
  '20 03': 'link: ping failed',
  '30 01': 'device: watchdog reset',
  '30 02': 'device: storage fault reset',
  '30 03': 'device: power cycle',
  '30 04': 'device: fatal error reset',
  '40 01': 'memory: total',
  '40 02': 'memory: free',
}
const typeMeanings: Readonly<Record<string, string>> = { '00': 'radio', '10': 'connecting', '20': 'link', '30': 'device', '40': 'memory', '50': 'Bluetooth' }

/** What is wrong with a network report: what was expected where, and what came. */
export interface NetworkProblem { expected: string, got: JsonValue | undefined }

/** Reads a network report (Alink 7.4): one record under `p` or, for the past, a list of them. Numbers may be texts. */
export function parseNetworkPost(params: JsonValue | undefined): NetworkReport[] | NetworkProblem {
  const p = isJsonObject(params) ? params.p : undefined
  const records = isJsonObject(p) ? [p] : p
  if (!Array.isArray(records) || records.length === 0)
    return { expected: '"params.p" to be an object with "wifi", or a list of such objects', got: isJsonObject(params) ? p : params }
  const reports: NetworkReport[] = []
  for (const [index, record] of records.entries()) {
    const at = Array.isArray(p) ? `params.p[${index}]` : 'params.p'
    const wifi = isJsonObject(record) ? record.wifi : undefined
    if (!isJsonObject(record) || !isJsonObject(wifi))
      return { expected: `"${at}.wifi" to be an object with "rssi", "snr" and "per"`, got: isJsonObject(record) ? wifi : record }
    for (const member of ['rssi', 'snr', 'per'] as const) {
      if (wifi[member] !== undefined && numberOf(wifi[member]) === null)
        return { expected: `"${at}.wifi.${member}" to be a number`, got: wifi[member] }
    }
    reports.push({
      collectedAt: numberOf(record._time),
      rssiDbm: numberOf(wifi.rssi),
      snrDb: numberOf(wifi.snr),
      packetLossPerMille: numberOf(wifi.per),
      errorStats: typeof wifi.err_stats === 'string' ? wifi.err_stats : '',
    })
  }
  return reports
}

function numberOf(value: JsonValue | undefined): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

/**
 * Reads the error statistics of a network report: groups `type,code,count` joined by `;`, hexadecimal with or without
 * `0x` (Alink 7.4). Groups of another form are left out.
 */
export function parseErrorStats(text: string): NetworkError[] {
  return text.split(';').flatMap((group) => {
    const numbers = group.split(',').map(part => part.trim().replace(/^0x/i, ''))
    if (numbers.length !== 3 || !numbers.every(part => /^[\da-f]{1,8}$/i.test(part)))
      return []
    const [type, code] = numbers.map(part => part.toLowerCase().padStart(2, '0')) as [string, string]
    return { type, code, count: Number.parseInt(numbers[2]!, 16), meaning: errorMeanings[`${type} ${code}`] ?? typeMeanings[type] ?? 'unknown' }
  })
}
