import { z } from 'zod'

/** What one direction of a device's way to the broker does to bytes. None is lost or overtaken: a TCP connection repeats and keeps the order. */
const waySchema = z.strictObject({
  /** Milliseconds that bytes take; each device has its own constant, drawn evenly between the two. */
  latencyMsMin: z.number().min(0).max(60_000),
  latencyMsMax: z.number().min(0).max(60_000),
  /** Milliseconds that may come on top, drawn evenly for each piece of data. */
  jitterMs: z.number().min(0).max(60_000),
  /** Null: as fast as it goes. */
  bytesPerSec: z.number().min(1).nullable(),
  /** Of a hundred segments of 1,460 bytes, so many have to be sent again: after 200 ms, then 400, and so on; a segment that is lost six times breaks the link. */
  lossPercent: z.number().min(0).max(100),
}).refine(way => way.latencyMsMin <= way.latencyMsMax, { error: 'expected a largest latency that is not below the smallest', path: ['latencyMsMax'] })
type Way = z.output<typeof waySchema>

const everySec = z.number().min(1).max(86_400)
const forSec = z.number().min(0.1).max(86_400)

const weatherSchema = z.strictObject({
  /** Device to broker, and broker to device. */
  up: waySchema,
  down: waySchema,
  /** The link breaks this often and cannot be opened for so long. Together: all devices at one instant, and so they come back; else each at its own. Null: never. */
  drops: z.strictObject({ everySec, forSec, together: z.boolean() }).nullable(),
  /** One direction delivers nothing for so long, this often, each device at its own instant, and what was sent comes afterwards; as long as often: always. Null: never. */
  oneWayCut: z.strictObject({ way: z.enum(['up', 'down']), everySec, forSec }).nullable(),
})
/** How bad a network is, in numbers. */
export type Weather = z.output<typeof weatherSchema>

const clearWay: Way = { latencyMsMin: 0, latencyMsMax: 0, jitterMs: 0, bytesPerSec: null, lossPercent: 0 }
const perfect: Weather = { up: clearWay, down: clearWay, drops: null, oneWayCut: null }

function way(latencyMsMin: number, latencyMsMax: number, jitterMs: number, lossPercent: number, bytesPerSec: number | null = null): Way {
  return { latencyMsMin, latencyMsMax, jitterMs, bytesPerSec, lossPercent }
}
function both(one: Way): Pick<Weather, 'up' | 'down'> {
  return { up: one, down: one }
}

/** Networks with a name, and what each of them does. */
export const weatherProfiles = {
  /** Nothing happens to the bytes. */
  'perfect': perfect,
  /** Mobile data in a building; out of reach for 25 s whenever the doors close. */
  'lift': { ...perfect, ...both(way(40, 90, 40, 1)), drops: { everySec: 120, forSec: 25, together: false } },
  /** A vehicle that is in a tunnel for a minute out of five. */
  'tunnel': { ...perfect, ...both(way(50, 120, 50, 1)), drops: { everySec: 300, forSec: 60, together: false } },
  /** Slow, late and lossy, but it holds. */
  'edge-2g': { ...perfect, up: way(300, 700, 400, 3, 10_000), down: way(300, 700, 400, 3, 25_000) },
  /** A wireless network with an access point that keeps losing its stations. */
  'flapping-wifi': { ...perfect, ...both(way(5, 30, 60, 5)), drops: { everySec: 45, forSec: 4, together: false } },
  /** From cell to cell: what comes down is held at each handover, and now and then the link breaks. */
  'roaming': { ...both(way(80, 250, 150, 2)), drops: { everySec: 600, forSec: 8, together: false }, oneWayCut: { way: 'down', everySec: 90, forSec: 6 } },
  /** Far up and narrow. */
  'satellite': { ...perfect, up: way(600, 700, 50, 1, 4_000), down: way(600, 700, 50, 1, 16_000) },
  /** All devices hang on one mast that restarts: they leave at one instant and all come back at once. */
  'mast-restarts': { ...perfect, ...both(way(30, 80, 30, 0)), drops: { everySec: 120, forSec: 10, together: true } },
} as const satisfies Record<string, Weather>
export const weatherNames = Object.keys(weatherProfiles) as (keyof typeof weatherProfiles)[]
export type WeatherName = keyof typeof weatherProfiles

/** A stretch of the run in seconds since the fleet's start, come again every so many; null: once. */
const windowSchema = z.strictObject({
  fromSec: z.number().min(0).max(8_640_000),
  toSec: z.number().min(0).max(8_640_000),
  everySec: everySec.nullable(),
}).refine(window => window.fromSec < window.toSec, { error: 'expected an end that is after the beginning', path: ['toSec'] }).refine(window => window.everySec === null || window.toSec <= window.everySec, { error: 'expected an end within the time after which it comes again', path: ['everySec'] })

/** The network between the devices of a fleet and the broker. */
export const networkSchema = z.strictObject({
  /** By name, or in own numbers. */
  weather: z.union([z.enum(weatherNames), weatherSchema]),
  /** Of a hundred devices, so many have it; which ones is drawn from their names and the seed. */
  devicesPercent: z.number().min(0).max(100).default(100),
  /** When it holds; none: always. */
  windows: z.array(windowSchema).max(20).default([]),
})
export type Network = z.output<typeof networkSchema>

/** What a network does, in numbers. */
export function weatherOf({ weather }: Pick<Network, 'weather'>): Weather {
  return typeof weather === 'string' ? weatherProfiles[weather] : weather
}

/** What the network does to a fleet: how many devices have weather at all at present, and since the start, links that it broke and attempts at one that it let fail. */
export const networkCounters = ['devices', 'linksBroken', 'dialsFailed'] as const
export type NetworkCounts = Record<(typeof networkCounters)[number], number>

/** All counts at zero. */
export function noNetworkCounts(): NetworkCounts {
  return { devices: 0, linksBroken: 0, dialsFailed: 0 }
}
