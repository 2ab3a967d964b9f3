import type { CloudRule, Seat as PresentSeat, SeatObstacle, SeatSummary } from '../../shared/contract/device-simulation.ts'
import type { BoundStatement } from '../store/types.ts'
import type { Inbox } from './inbox.ts'
import type { KeptPolicy, SeatSettings } from './rows.ts'
import type { Occupant, SeatDevice, SimulationContext } from './types.ts'
import { defaultAnswers } from '../../shared/contract/device-simulation.ts'
import { AppError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { beyondCloudOf } from './policy-rules.ts'
import { deletePoliciesOf, deleteSeat, selectPolicies, selectSeats, upsertPolicy, upsertSeat } from './rows.ts'
import { Seat } from './seat.ts'

/** All devices that the console simulates, which run on whoever looks at them (platform rules SIM-1 to SIM-20). */
export class Seats {
  readonly #context: SimulationContext
  readonly #seats = new Map<number, Seat>()
  /** By device id: pages that see it. */
  readonly #watchers = new Map<number, Set<() => void>>()
  /** Seats that ran when the workspace was last closed. */
  readonly #toResume: Seat[] = []

  private constructor(context: SimulationContext) {
    this.#context = context
  }

  /** Reads what the workspace holds; nothing connects before {@link resume}. */
  static async open(context: SimulationContext): Promise<Seats> {
    const seats = new Seats(context)
    const policies = new Map<number, KeptPolicy[]>()
    for (const { deviceId, policy } of await context.store.read(selectPolicies, []))
      policies.set(deviceId, [...policies.get(deviceId) ?? [], policy])
    for (const { deviceId, running, settings } of await context.store.read(selectSeats, [])) {
      const device = context.deviceOf(deviceId)
      if (device === undefined)
        continue
      const seat = seats.#add(device, settings, policies.get(deviceId) ?? [])
      if (running)
        seats.#toResume.push(seat)
    }
    return seats
  }

  /** Connects the seats that ran when the workspace was last closed; their policies go on, and what fell due meanwhile is left out. */
  resume(): void {
    for (const seat of this.#toResume.splice(0))
      seat.session.resume()
  }

  list(): SeatSummary[] {
    return [...this.#seats.values()].filter(seat => !isUntouched(seat)).map(seat => seat.summary())
  }

  /** The device as it is simulated, also when it never was; throws AppError product/not-found or device/not-found. */
  present(productKey: string, deviceName: string): PresentSeat {
    const device = this.#context.requireDevice(productKey, deviceName)
    const seat = this.#seats.get(device.deviceId)
    const now = this.#context.clock.now()
    const shown = seat?.present() ?? { productKey, deviceName, state: 'stopped' as const, stateAt: now, problem: null, swap: null, sent: 0, received: 0, returns: false, answers: defaultAnswers, values: {}, subscriptions: [], policies: [], requests: [] }
    return { ...shown, obstacle: this.#obstacle(device), beyondCloud: this.#beyondCloud(device, seat) }
  }

  /** The seat of a device, made when there is none; throws AppError product/not-found, device/not-found or limit/reached. */
  of(productKey: string, deviceName: string): Seat {
    const device = this.#context.requireDevice(productKey, deviceName)
    const seat = this.#seats.get(device.deviceId)
    if (seat)
      return seat
    if (this.#seats.size >= limits.seatsMax)
      throw new AppError('limit/reached', `At most ${limits.seatsMax} devices are simulated from the console; a fleet simulates more.`, { max: limits.seatsMax })
    return this.#add(device, { returns: false, answers: defaultAnswers, subscriptions: [] }, [])
  }

  /** Connects as a device. Throws AppError simulation/refused, or simulation/failed when the platform does not let it in. */
  async start(productKey: string, deviceName: string, takeOver: boolean): Promise<void> {
    const device = this.#context.requireDevice(productKey, deviceName)
    const obstacle = this.#obstacle(device)
    if (obstacle && !(takeOver && obstacle.canTakeOver))
      throw new AppError('simulation/refused', obstacle.message, { reason: obstacle.reason, canTakeOver: obstacle.canTakeOver, productKey, deviceName })
    const seat = this.of(productKey, deviceName)
    await seat.session.start()
    this.#context.record(device.deviceId, 'simulation', { message: obstacle?.reason === 'online' ? 'The simulated device took the seat over.' : 'The simulation of the device began.' })
    this.save(seat)
  }

  stop(productKey: string, deviceName: string): void {
    const device = this.#context.requireDevice(productKey, deviceName)
    const seat = this.#seats.get(device.deviceId)
    if (!seat || seat.session.state === 'stopped')
      return
    seat.session.stop()
    this.#context.record(device.deviceId, 'simulation', { message: 'The simulation of the device was ended.' })
    this.save(seat)
  }

  /** Keeps what a seat was told, and whether it runs. A seat that somebody else has taken runs again only if it comes back by itself. */
  save(seat: Seat): void {
    const { session: { state }, settings, device } = seat
    const isRunning = state !== 'stopped' && (state !== 'swapped' || settings.returns)
    this.#context.store.upsert(`simulation.seat/${device.deviceId}`, { statement: upsertSeat, params: [device.deviceId, isRunning ? 1 : 0, JSON.stringify(settings)] })
  }

  /** Ends the simulation of a device and forgets it; what the store has to write. */
  forget(deviceId: number): BoundStatement[] {
    const seat = this.#seats.get(deviceId)
    if (!seat)
      return []
    seat.session.stop()
    seat.close()
    this.#seats.delete(deviceId)
    this.#changed(deviceId)
    return [{ statement: deleteSeat, params: [deviceId] }, { statement: deletePoliciesOf, params: [deviceId] }]
  }

  // --- What the platform sees ---

  /** A device has logged in, with `token` in its client id if it is a seat's. */
  onOnline(deviceId: number, token: string | undefined, occupant: Occupant): void {
    if (token === undefined)
      this.#seats.get(deviceId)?.session.taken(occupant)
  }

  onOffline(deviceId: number, token: string | undefined, reason: { code: number, message: string }): void {
    const seat = this.#seats.get(deviceId)
    if (!seat)
      return
    if (seat.session.isOwn(token)) {
      seat.session.ended(reason)
      this.save(seat)
    }
    else if (token === undefined && reason.code !== 427) {
      seat.session.left()
    }
  }

  /** What a device has received, as far as it is kept; undefined for one that was never simulated. */
  inboxOf(productKey: string, deviceName: string): Inbox | undefined {
    return this.#seats.get(this.#context.requireDevice(productKey, deviceName).deviceId)?.inbox
  }

  /** Lets a page see a device until the signal aborts. With the cloud's limits a seat stops when nobody sees it any more (platform rule SIM-16). */
  watch(productKey: string, deviceName: string, signal: AbortSignal, changed: () => void): void {
    const { deviceId } = this.#context.requireDevice(productKey, deviceName)
    const watchers = this.#watchers.get(deviceId) ?? new Set()
    this.#watchers.set(deviceId, watchers.add(changed))
    signal.addEventListener('abort', () => {
      watchers.delete(changed)
      if (watchers.size > 0)
        return
      this.#watchers.delete(deviceId)
      const seat = this.#seats.get(deviceId)
      if (seat && this.#context.applyLimits() && seat.session.state !== 'stopped') {
        seat.session.stop('With the cloud\'s limits a simulation ends when its page is left.')
        this.save(seat)
      }
    })
  }

  /** Disconnects every seat without forgetting that it ran. */
  async close(): Promise<void> {
    await this.#context.store.write([...this.#seats.values()].flatMap(seat => seat.policies.kept().map(policy => keep(seat.device.deviceId, policy))))
    for (const seat of this.#seats.values())
      seat.close()
  }

  #add(device: SeatDevice, settings: SeatSettings, kept: readonly KeptPolicy[]): Seat {
    const seat: Seat = new Seat(this.#context, device, settings, kept, {
      changed: () => this.#changed(device.deviceId),
      seat: () => this.save(seat),
      policy: policy => this.#context.store.upsert(`simulation.policy/${policy.policyId}`, keep(device.deviceId, policy)),
    })
    this.#seats.set(device.deviceId, seat)
    return seat
  }

  #changed(deviceId: number): void {
    for (const watcher of this.#watchers.get(deviceId) ?? [])
      watcher()
  }

  #obstacle(device: SeatDevice): SeatObstacle | null {
    const { deviceName, productKey, deviceId } = device
    if (this.#context.deviceOf(deviceId)?.disabled)
      return { reason: 'disabled', message: `The device ${deviceName} is disabled; enable it first.`, canTakeOver: false }
    if (this.#context.applyLimits() && this.#context.isRaw(productKey))
      return { reason: 'custom-format', message: 'With the cloud\'s limits devices of a product with a custom data format are not simulated.', canTakeOver: false }
    const occupant = this.#context.occupantOf(deviceId)
    if (occupant === null)
      return null
    const who = { real: 'The device', fleet: 'A simulated device of a fleet', replay: 'A replay of a recording', gateway: 'The device' }[occupant.by]
    return { reason: 'online', message: `${who} is online itself, from ${occupant.remoteAddress}; simulating ${deviceName} would throw it out.`, canTakeOver: true }
  }

  #beyondCloud(device: SeatDevice, seat: Seat | undefined): CloudRule[] {
    const policies = (seat?.policies.list() ?? []).filter(({ state }) => state === 'running' || state === 'paused')
    return [...new Set([
      ...(this.#context.isRaw(device.productKey) ? ['custom-format' as const] : []),
      ...(policies.length > 1 ? ['policies' as const] : []),
      ...policies.flatMap(({ when }) => beyondCloudOf(when)),
    ])]
  }
}

/** A seat that was only looked at. */
function isUntouched(seat: Seat): boolean {
  const { session, policies, settings } = seat
  return session.state === 'stopped' && policies.size === 0 && !settings.returns && settings.subscriptions.length === 0 && settings.answers === defaultAnswers && seat.summary().sent === 0
}

function keep(deviceId: number, policy: KeptPolicy): BoundStatement {
  return { statement: upsertPolicy, params: [policy.policyId, deviceId, JSON.stringify(policy)] }
}
