import type { SimulatedLogLevel } from '../../../shared/contract/fleet-conversation.ts'
import type { JsonObject } from '../../../shared/json.ts'
import type { Random } from '../behaviour/random-streams.ts'
import { simulatedLogLevels } from '../../../shared/contract/fleet-conversation.ts'

interface LineKind {
  level: SimulatedLogLevel
  module: string
  code: string
  /** How often it comes beside the others. */
  weight: number
  /** `#` stands for a number. */
  text: string
  low: number
  high: number
}

/** What firmware usually has to say, the harmless far more often than the grave. */
const lineKinds: LineKind[] = [
  { level: 'DEBUG', module: 'sensor', code: '0', weight: 24, text: 'sample taken in # us', low: 180, high: 900 },
  { level: 'DEBUG', module: 'sys', code: '0', weight: 12, text: 'free heap # bytes', low: 41_000, high: 96_000 },
  { level: 'INFO', module: 'net_rt', code: '0', weight: 18, text: 'time=#^rtt=18', low: 1_000, high: 90_000 },
  { level: 'INFO', module: 'sensor', code: '0', weight: 14, text: 'calibrated, offset # mK', low: 2, high: 80 },
  { level: 'INFO', module: 'sys', code: '0', weight: 8, text: 'uptime # s', low: 60, high: 900_000 },
  { level: 'WARN', module: 'wifi', code: '3', weight: 9, text: 'weak signal, # beacons missed', low: 2, high: 12 },
  { level: 'WARN', module: 'sensor', code: '17', weight: 6, text: 'reading repeated after # tries', low: 2, high: 4 },
  { level: 'ERROR', module: 'MQTT', code: '4097', weight: 5, text: 'socket reset, retry in # s', low: 1, high: 30 },
  { level: 'ERROR', module: 'flash', code: '5', weight: 3, text: 'write failed at page #', low: 1, high: 255 },
  { level: 'FATAL', module: 'sys', code: '1', weight: 1, text: 'watchdog reset in task #', low: 1, high: 7 },
]
/** A chain of lines shares a trace context; so many chains run through each other. */
const tracesMax = 1_000

/** Draws the next line of a device's log, none below `least`: an entry of a log report (Alink 7.3). */
export function drawLogLine(random: Random, least: SimulatedLogLevel, at: number): JsonObject {
  const from = simulatedLogLevels.indexOf(least)
  const kinds = lineKinds.filter(({ level }) => simulatedLogLevels.indexOf(level) >= from)
  const total = kinds.reduce((sum, { weight }) => sum + weight, 0)
  let left = random.next() * total
  const kind = kinds.find(({ weight }) => (left -= weight) < 0) ?? kinds.at(-1)!
  const number = Math.floor(kind.low + random.next() * (kind.high - kind.low + 1))
  return {
    utcTime: new Date(at).toISOString().replace('Z', '+0000'),
    logLevel: kind.level,
    module: kind.module,
    code: kind.code,
    traceContext: `t-${Math.floor(random.next() * tracesMax)}`,
    logContent: kind.text.replace('#', String(number)),
  }
}
