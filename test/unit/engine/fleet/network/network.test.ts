import type { DialOptions } from '../../../../../src/engine/fleet/dial.ts'
import type { LinkSocket } from '../../../../../src/engine/fleet/link-socket.ts'
import type { Network, Weather } from '../../../../../src/shared/contract/fleet-network.ts'
import { Buffer } from 'node:buffer'
import { EventEmitter } from 'node:events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DeviceWeather, isChosen } from '../../../../../src/engine/fleet/network/device-weather.ts'
import { FleetNetwork } from '../../../../../src/engine/fleet/network/network.ts'
import { VirtualClock } from '../../../../../src/shared/clock.ts'
import { networkSchema, weatherNames, weatherOf, weatherProfiles } from '../../../../../src/shared/contract/fleet-network.ts'

const networkOf = (weather: Network['weather'], more: Partial<Network> = {}): Network => ({ weather, devicesPercent: 100, windows: [], ...more })
const calm: Weather = weatherProfiles.perfect

/** A broker that gives back what it gets, byte by byte, without any network between. */
class Echo extends EventEmitter implements LinkSocket {
  readonly writableLength = 0
  readonly got: number[] = []
  readonly options: DialOptions

  constructor(options: DialOptions) {
    super()
    this.options = options
  }

  write(bytes: Uint8Array): void {
    this.got.push(...bytes)
    this.options.onread.buffer instanceof Uint8Array && this.options.onread.buffer.set(bytes)
    this.options.onread.callback(bytes.length, this.options.onread.buffer as Buffer)
  }

  end(bytes: Uint8Array): void {
    this.write(bytes)
    this.emit('close')
  }

  destroy(): void {
    queueMicrotask(() => this.emit('close'))
  }
}

interface Line { clock: VirtualClock, network: FleetNetwork, echo: Echo, socket: LinkSocket, came: { at: number, byte: number }[], errors: string[] }

function openLine(network: Network | null, seed = 1): Line {
  const clock = new VirtualClock()
  const startedAt = clock.now()
  const line = { clock, came: [], errors: [] } as unknown as Line
  line.network = new FleetNetwork({ clock, dial: options => line.echo = new Echo(options), seed, nameOf: index => `sim-${index}`, network })
  const buffer = Buffer.alloc(64 * 1024)
  line.socket = line.network.dial({
    broker: { host: '127.0.0.1', port: 1, tls: null },
    address: '127.0.0.1',
    source: undefined,
    onread: {
      buffer,
      callback: (length) => {
        line.came.push(...[...buffer.subarray(0, length)].map(byte => ({ at: clock.now() - startedAt, byte })))
        return true
      },
    },
    onOpen: () => {},
  }, 0)
  line.socket.on('error', error => line.errors.push(error.code ?? ''))
  return line
}

const way = fc.record({ latencyMsMin: fc.integer({ min: 0, max: 500 }), latencyMsMax: fc.integer({ min: 500, max: 900 }), jitterMs: fc.integer({ min: 0, max: 2_000 }), bytesPerSec: fc.option(fc.integer({ min: 100, max: 10_000 })), lossPercent: fc.integer({ min: 0, max: 10 }) })
const someWeather: fc.Arbitrary<Weather> = fc.record({
  up: way,
  down: way,
  drops: fc.constant(null),
  oneWayCut: fc.option(fc.record({ way: fc.constantFrom<('up' | 'down')[]>('up', 'down'), everySec: fc.integer({ min: 5, max: 60 }), forSec: fc.integer({ min: 1, max: 4 }) })),
})
const writes = fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 3_000 }), length: fc.integer({ min: 1, max: 40 }) }), { minLength: 1, maxLength: 30 })

function say(line: Line, said: { afterMs: number, length: number }[]): number[] {
  const bytes: number[] = []
  for (const { afterMs, length } of said) {
    line.clock.advance(afterMs)
    const part = Array.from({ length }, (_, at) => (bytes.length + at) % 251)
    bytes.push(...part)
    line.socket.write(Uint8Array.from(part))
  }
  line.clock.advance(600_000)
  return bytes
}

describe('the network of a fleet', () => {
  it('brings every byte, both ways and in order, whatever the weather short of a break', () => {
    fc.assert(fc.property(someWeather, writes, fc.integer(), (weather, said, seed) => {
      const line = openLine(networkOf(weather), seed >>> 0)
      const bytes = say(line, said)
      if (line.errors.length > 0)
        return expect(line.errors).toEqual(['EWEATHERBROKE'])
      expect(line.echo.got).toEqual(bytes)
      expect(line.came.map(({ byte }) => byte)).toEqual(bytes)
    }))
  })

  it('loses and reorders nothing when the weather changes in the middle', () => {
    fc.assert(fc.property(someWeather, writes, writes, fc.option(someWeather), (weather, before, after, then) => {
      const line = openLine(networkOf({ ...weather, up: { ...weather.up, lossPercent: 0 }, down: { ...weather.down, lossPercent: 0 } }))
      line.socket.write(Uint8Array.from(before.map((_, at) => at)))
      line.clock.advance(50)
      line.network.update(then === null ? null : networkOf({ ...then, up: { ...then.up, lossPercent: 0 }, down: { ...then.down, lossPercent: 0 } }))
      line.socket.write(Uint8Array.from(after.map((_, at) => 100 + at)))
      line.clock.advance(600_000)
      expect(line.came.map(({ byte }) => byte)).toEqual([...before.map((_, at) => at), ...after.map((_, at) => 100 + at)])
    }))
  })

  it('delays the same bytes by the same times with the same seed, and by others with another', () => {
    fc.assert(fc.property(someWeather, writes, fc.nat(), (weather, said, seed) => {
      const [one, other] = [openLine(networkOf(weather), seed), openLine(networkOf(weather), seed)]
      say(one, said)
      say(other, said)
      expect(one.came).toEqual(other.came)
      expect(one.errors).toEqual(other.errors)
    }))
    const late = networkOf({ ...calm, up: { ...calm.up, latencyMsMax: 1_000, jitterMs: 1_000 } })
    const [one, other] = [openLine(late, 1), openLine(late, 2)]
    say(one, [{ afterMs: 0, length: 1 }])
    say(other, [{ afterMs: 0, length: 1 }])
    expect(one.came[0]!.at).not.toBe(other.came[0]!.at)
  })

  it('hands bytes through in the same turn where there is no weather', () => {
    const line = openLine(null)
    line.socket.write(Uint8Array.of(1, 2))
    expect(line.came.map(({ byte }) => byte)).toEqual([1, 2])
    expect(line.network.counts(1)).toEqual({ devices: 0, linksBroken: 0, dialsFailed: 0 })
  })

  it('holds one direction and brings what was sent afterwards; for ever where the cut never ends, until the weather clears', () => {
    const line = openLine(networkOf({ ...calm, oneWayCut: { way: 'up', everySec: 10, forSec: 10 } }, { windows: [{ fromSec: 0, toSec: 30, everySec: null }] }))
    line.socket.write(Uint8Array.of(1))
    line.clock.advance(29_000)
    expect(line.came).toEqual([])
    line.clock.advance(2_000)
    expect(line.came).toEqual([{ at: 30_000, byte: 1 }])
    const shut = openLine(networkOf({ ...calm, oneWayCut: { way: 'down', everySec: 10, forSec: 10 } }))
    shut.socket.write(Uint8Array.of(1))
    shut.clock.advance(86_400_000)
    expect([shut.echo.got, shut.came]).toEqual([[1], []])
    shut.network.update(null)
    shut.clock.advance(1)
    expect(shut.came.map(({ byte }) => byte)).toEqual([1])
  })

  it('lets no more bytes through than its rate', () => {
    const line = openLine(networkOf({ ...calm, up: { ...calm.up, bytesPerSec: 10 } }))
    line.socket.write(Uint8Array.of(1, 2, 3, 4, 5))
    line.socket.write(Uint8Array.of(6, 7, 8, 9, 10))
    line.clock.advance(5_000)
    expect(line.came.map(({ at }) => at)).toEqual([...Array.from({ length: 5 }).fill(500), ...Array.from({ length: 5 }).fill(1_000)])
  })

  it('breaks a link where segments are lost again and again', () => {
    const line = openLine(networkOf({ ...calm, up: { ...calm.up, lossPercent: 100 } }))
    line.socket.write(Uint8Array.of(1))
    line.clock.advance(60_000)
    expect([line.came, line.errors]).toEqual([[], ['EWEATHERBROKE']])
    expect(line.network.counts(1)).toEqual({ devices: 1, linksBroken: 1, dialsFailed: 0 })
  })

  it('breaks the links of all devices at one instant where they drop together, and lets none open before it is back', () => {
    const clock = new VirtualClock()
    const network = new FleetNetwork({ clock, dial: options => new Echo(options), seed: 1, nameOf: index => `sim-${index}`, network: networkOf('mast-restarts', { devicesPercent: 50 }) })
    const brokenAt: number[] = []
    const startedAt = clock.now()
    const dial = (index: number): LinkSocket => {
      const socket = network.dial({ broker: { host: '', port: 1, tls: null }, address: '', source: undefined, onread: { buffer: Buffer.alloc(10), callback: () => true }, onOpen: () => {} }, index)
      socket.on('error', () => brokenAt.push(clock.now() - startedAt))
      return socket
    }
    for (let index = 0; index < 100; index++)
      dial(index)
    clock.advance(125_000)
    const { devices } = network.counts(100)
    expect(devices).toBeGreaterThan(30)
    expect(devices).toBeLessThan(70)
    expect(brokenAt).toEqual(Array.from({ length: devices }).fill(120_000))
    const chosen = Array.from({ length: 100 }, (_, index) => index).find(index => isChosen(1, `sim-${index}`, 'network', 50))!
    dial(chosen)
    clock.advance(1)
    expect(network.counts(100)).toEqual({ devices, linksBroken: devices, dialsFailed: 1 })
    clock.advance(10_000)
    brokenAt.length = 0
    dial(chosen)
    clock.advance(1_000)
    expect(brokenAt).toEqual([])
  })

  it('has weather of its own for a device that is told so, until it has that of the fleet again', () => {
    const line = openLine(null)
    line.network.steer(0, networkOf('edge-2g', { devicesPercent: 0 }))
    line.socket.write(Uint8Array.of(1))
    expect(line.came).toEqual([])
    expect([line.network.ownCount, line.network.counts(1).devices]).toEqual([1, 1])
    line.network.update(networkOf('perfect'))
    line.network.steer(0, null)
    line.clock.advance(1)
    expect(line.came.map(({ byte }) => byte)).toEqual([1])
    line.network.steer(0, networkOf('edge-2g'))
    line.network.truncate(0)
    expect(line.network.ownCount).toBe(0)
  })

  it('says goodbye late, and tells when it has', async () => {
    const line = openLine(networkOf({ ...calm, up: { ...calm.up, latencyMsMin: 100, latencyMsMax: 100 } }))
    let closed = 0
    line.socket.on('close', () => closed++)
    line.socket.end(Uint8Array.of(9))
    expect(line.echo.got).toEqual([])
    line.clock.advance(101)
    expect([line.echo.got, closed]).toEqual([[9], 1])
  })
})

describe('the weather of a device', () => {
  it('holds in its windows only, which can come again', () => {
    const late: Weather = { ...calm, up: { ...calm.up, latencyMsMin: 100, latencyMsMax: 100 } }
    const weather = new DeviceWeather(networkOf(late, { windows: [{ fromSec: 10, toSec: 20, everySec: 60 }, { fromSec: 200, toSec: 210, everySec: null }] }), 1, 'sim')
    const delayAt = (sec: number): number => weather.pass('up', 1, sec * 1000).at - sec * 1000
    expect([0, 9.9, 10, 19.9, 20, 75, 195, 205, 265, 320].map(delayAt)).toEqual([0, 0, 100, 100, 0, 100, 100, 100, 0, 0])
  })

  it('is chosen for a share of the devices by their names, whatever their number', () => {
    const chosen = (percent: number): number => Array.from({ length: 1_000 }, (_, at) => isChosen(1, `sim-${at}`, 'network', percent)).filter(Boolean).length
    expect([chosen(0), chosen(100)]).toEqual([0, 1_000])
    expect(chosen(20)).toBeGreaterThan(150)
    expect(chosen(20)).toBeLessThan(250)
  })

  it('comes under names whose numbers the settings allow', () => {
    for (const name of weatherNames)
      expect(networkSchema.parse({ weather: weatherOf({ weather: name }) }).weather).toEqual(weatherProfiles[name])
    expect(networkSchema.safeParse({ weather: { ...calm, up: { ...calm.up, latencyMsMin: 2, latencyMsMax: 1 } } }).success).toBe(false)
    expect(networkSchema.safeParse({ weather: 'lift', windows: [{ fromSec: 5, toSec: 5, everySec: null }] }).success).toBe(false)
  })
})
