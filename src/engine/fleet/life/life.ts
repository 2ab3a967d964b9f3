import type { LifeCounts, Life as Settings } from '../../../shared/contract/fleet-life.ts'
import type { Steering } from '../../../shared/contract/fleet-steering.ts'
import type { CellState } from '../../../shared/contract/fleet.ts'
import type { JsonObject } from '../../../shared/json.ts'
import type { LifeContext } from './context.ts'
import type { Entry, How, Phase } from './entry.ts'
import { noLifeCounts } from '../../../shared/contract/fleet-life.ts'
import { DueHeap } from '../due-heap.ts'
import { LifeDraws } from './draws.ts'
import { never, newEntry } from './entry.ts'

/** How long a device that goes in good order waits for acknowledgements, and how often it looks. */
const leaveMsMax = 1_000
const leaveLookMs = 50
const stepsPerTickMax = 1_000

/**
 * The life of the devices of a fleet: power, boot, reboots, restarts by updates, empty batteries. A device that is not on
 * has no link and does not try to get one. Only devices with a life of their own cost anything.
 */
export class Life {
  readonly #context: LifeContext
  readonly #draws: LifeDraws
  /** By device index. */
  readonly #entries = new Map<number, Entry>()
  readonly #due = new DueHeap()
  readonly #counts = noLifeCounts()

  constructor(settings: Settings, context: LifeContext) {
    const { seed, clock, devices } = context
    this.#context = context
    this.#draws = new LifeDraws(settings, { seed, startedAt: clock.now(), nameOf: index => devices.at(index).deviceName })
    this.#watchCharge()
  }

  /** Takes devices in that stand behind the others; those that are not to connect at once are told by {@link downAs}. */
  add(count: number): void {
    const now = this.#context.clock.now()
    const first = this.#context.links.cells.length
    for (let index = first; index < first + count && !this.#draws.isPlain; index++) {
      const entry = this.#entryOf(index)
      const bootMs = this.#draws.bootMsOf(index)
      if (!this.#draws.powerOf(index, now).isOn) {
        entry.phase = 'off'
      }
      else if (bootMs > 0) {
        entry.phase = 'booting'
        entry.until = now + bootMs
      }
      else {
        this.#begin(index, entry, now)
      }
      this.#plan(index, entry, now)
    }
  }

  /** What the cell of a device shows that has no link because it is not on; undefined: it is on. */
  downAs(index: number): CellState | undefined {
    const phase = this.#entries.get(index)?.phase ?? 'on'
    return phase === 'on' ? undefined : phase
  }

  /** Forgets the devices from `count` on. */
  truncate(count: number): void {
    for (const index of this.#entries.keys()) {
      if (index >= count) {
        this.#entries.delete(index)
        this.#due.remove(index)
      }
    }
  }

  /** Changes the life from now on; whoever is on stays so unless the schedule has it off. */
  update(settings: Settings): void {
    const { clock, links } = this.#context
    this.#draws.settings = settings
    this.#watchCharge()
    const now = clock.now()
    for (let index = 0; index < links.cells.length; index++) {
      if (this.#draws.isPlain && !this.#entries.has(index))
        continue
      const entry = this.#entryOf(index)
      this.#drawReboot(index, entry, now)
      if (entry.phase === 'dead')
        entry.until = settings.battery === null ? now : now + this.#draws.rechargeMsOf(index)
      // It looks at itself in the next tick, as with many devices that is work.
      this.#due.set(index, now)
    }
  }

  /** A device has come online; false when it should not have, and is offline again. */
  online(index: number): boolean {
    const entry = this.#entries.get(index)
    if (entry === undefined)
      return true
    if (entry.phase !== 'on') {
      this.#context.links.interrupt(index, 'inGoodOrder', null, entry.phase)
      return false
    }
    if (entry.reportsFirst)
      this.#context.reportIn(index, 0)
    entry.reportsFirst = false
    return true
  }

  /** A device has answered a call of a service. */
  served(index: number, service: string): void {
    const { reboot, powerOff } = this.#draws.settings.services
    const to = reboot.includes(service) ? 'reboot' : powerOff.includes(service) ? 'off' : undefined
    if (to !== undefined)
      this.#tell(index, to, 'inGoodOrder')
  }

  /** An update starts a device again: it is offline for so many milliseconds, and then boots. */
  restart(index: number, how: How, restartMs: number): void {
    const entry = this.#entryOf(index)
    const now = this.#context.clock.now()
    if (entry.phase !== 'on')
      return
    this.#countReboot(how)
    this.#down(index, entry, 'flashing', how, now + restartMs)
    this.#plan(index, entry, now)
  }

  steer(index: number, steering: Extract<Steering, { do: 'power-off' | 'power-on' | 'reboot' | 'battery' }>): void {
    switch (steering.do) {
      case 'power-off':
        return this.#tell(index, 'off', steering.farewell ? 'inGoodOrder' : 'cut', steering.backInMs ?? never)
      case 'reboot':
        return this.#tell(index, 'reboot', steering.farewell ? 'inGoodOrder' : 'cut')
      case 'battery':
        return this.#setCharge(index, steering.charge)
      case 'power-on': {
        const entry = this.#entryOf(index)
        const now = this.#context.clock.now()
        entry.forced = this.#draws.powerOf(index, now).isOn ? null : 'on'
        if (entry.leaving?.to === 'off')
          entry.leaving = null
        if (entry.phase === 'off')
          this.#boot(index, entry, now, true)
        this.#plan(index, entry, now)
      }
    }
  }

  tick(now: number): void {
    for (let count = 0; count < stepsPerTickMax; count++) {
      const index = this.#due.first()
      if (index === undefined || this.#due.dueOf(index)! > now)
        return
      const entry = this.#entries.get(index)!
      this.#step(index, entry, now)
      this.#plan(index, entry, now)
    }
  }

  counts(): LifeCounts {
    const { cells } = this.#context.links
    return { ...this.#counts, off: cells.countOf('off'), booting: cells.countOf('booting'), flashing: cells.countOf('flashing'), dead: cells.countOf('dead') }
  }

  // --- What happens to a device ---

  #step(index: number, entry: Entry, now: number): void {
    if (entry.leaving !== null)
      return this.#leave(index, entry, now)
    switch (entry.phase) {
      case 'flashing':
        if (now >= entry.until)
          this.#boot(index, entry, now, false)
        break
      case 'dead':
        if (now >= entry.until)
          this.#recharge(index, entry, now)
        break
      case 'off':
        if (this.#hasPower(index, entry, now))
          this.#boot(index, entry, now, true)
        break
      case 'booting':
        if (!this.#hasPower(index, entry, now))
          this.#down(index, entry, 'off', 'cut')
        else if (now >= entry.until)
          this.#wake(index, entry, now)
        break
      case 'on':
        if (!this.#hasPower(index, entry, now))
          this.#go(index, entry, 'off', 'inGoodOrder', now)
        else if (now >= entry.rebootAt)
          this.#go(index, entry, 'reboot', entry.rebootHow, now)
    }
  }

  /** Someone outside switches a device off, or makes it start again. */
  #tell(index: number, to: 'off' | 'reboot', how: How, backInMs = never): void {
    const entry = this.#entryOf(index)
    const now = this.#context.clock.now()
    if (to === 'off') {
      entry.forced = 'off'
      entry.forcedUntil = now + backInMs
    }
    if (entry.phase === 'on')
      this.#go(index, entry, to, how, now)
    else if (to === 'off' && entry.phase !== 'dead')
      this.#down(index, entry, 'off', 'cut')
    this.#plan(index, entry, now)
  }

  #go(index: number, entry: Entry, to: 'off' | 'reboot', how: How, now: number): void {
    // What was said last would count as lost otherwise.
    if (how === 'inGoodOrder' && this.#context.links.inflightOf(index) > 0)
      entry.leaving = { to, by: now + leaveMsMax }
    else
      this.#gone(index, entry, to, how, now)
  }

  #leave(index: number, entry: Entry, now: number): void {
    const { to, by } = entry.leaving!
    if (this.#context.links.inflightOf(index) === 0 || now >= by)
      this.#gone(index, entry, to, 'inGoodOrder', now)
  }

  #gone(index: number, entry: Entry, to: 'off' | 'reboot', how: How, now: number): void {
    if (to === 'off')
      return this.#down(index, entry, 'off', how)
    this.#countReboot(how)
    this.#down(index, entry, 'booting', how)
    this.#boot(index, entry, now, true)
  }

  #down(index: number, entry: Entry, phase: Exclude<Phase, 'on'>, how: How, until = never): void {
    entry.leaving = null
    entry.phase = phase
    entry.until = until
    if (phase === 'off' || phase === 'dead')
      entry.goneAt ??= this.#ownTimeOf(index)
    this.#context.links.interrupt(index, how, null, phase)
  }

  #boot(index: number, entry: Entry, now: number, reportsFirst: boolean): void {
    const { devices } = this.#context
    this.#endSleep(index, entry)
    if (this.#draws.settings.forgets) {
      devices.releaseOf(index)
      devices.beginAnew(index, this.#ownTimeOf(index) ?? 0)
    }
    entry.reportsFirst ||= reportsFirst
    this.#down(index, entry, 'booting', 'cut', now + this.#draws.bootMsOf(index))
  }

  #wake(index: number, entry: Entry, now: number): void {
    const { links, isKeptAway } = this.#context
    this.#begin(index, entry, now)
    if (isKeptAway(index))
      links.interrupt(index, 'cut', null)
    // Whoever was pushed out stays away from the one that has its identity.
    else if (!links.cells.is(index, 'swapped'))
      links.connect(index)
  }

  #begin(index: number, entry: Entry, now: number): void {
    entry.phase = 'on'
    entry.until = never
    entry.boots++
    this.#counts.boots++
    this.#drawReboot(index, entry, now)
  }

  #die(index: number, entry: Entry, now: number): void {
    this.#counts.deaths++
    this.#down(index, entry, 'dead', 'cut', now + this.#draws.rechargeMsOf(index))
  }

  #recharge(index: number, entry: Entry, now: number): void {
    const { battery } = this.#draws.settings
    if (battery !== null && battery.recharge !== 'never')
      this.#charge(index, entry, battery.property, battery.recharge.to)
    this.#revive(index, entry, now)
  }

  /** It has a charge again, and power where nothing else is against it. */
  #revive(index: number, entry: Entry, now: number): void {
    this.#counts.recharges++
    if (this.#hasPower(index, entry, now))
      this.#boot(index, entry, now, true)
    else
      this.#down(index, entry, 'off', 'cut')
  }

  #setCharge(index: number, charge: number): void {
    const { battery } = this.#draws.settings
    if (battery === null)
      return
    const entry = this.#entryOf(index)
    const now = this.#context.clock.now()
    this.#charge(index, entry, battery.property, charge)
    if (charge > battery.deadAt && entry.phase === 'dead')
      this.#revive(index, entry, now)
    else if (charge <= battery.deadAt && entry.phase !== 'dead')
      this.#die(index, entry, now)
    this.#plan(index, entry, now)
  }

  #charge(index: number, entry: Entry, property: string, charge: number): void {
    const wasAsleep = entry.goneAt !== null
    const ownTime = this.#ownTimeOf(index)
    this.#endSleep(index, entry)
    this.#context.devices.setCharge(index, property, charge, ownTime ?? 0)
    entry.goneAt = wasAsleep ? ownTime : null
  }

  /** A battery does not run down while its device is off. */
  #endSleep(index: number, entry: Entry): void {
    const ownTime = this.#ownTimeOf(index)
    if (entry.goneAt !== null && ownTime !== null)
      this.#context.devices.sleptFor(index, ownTime - entry.goneAt)
    entry.goneAt = null
  }

  #watchCharge(): void {
    const { battery } = this.#draws.settings
    const { devices, clock } = this.#context
    devices.watch = battery === null
      ? undefined
      : (index, properties) => this.#runsDry(index, properties, battery, clock.now())
  }

  #runsDry(index: number, properties: JsonObject, { property, deadAt }: NonNullable<Settings['battery']>, now: number): boolean {
    const charge = properties[property]
    const entry = this.#entries.get(index)
    if (typeof charge !== 'number' || charge > deadAt || entry?.phase !== 'on')
      return false
    this.#die(index, entry, now)
    this.#plan(index, entry, now)
    return true
  }

  // --- When ---

  #plan(index: number, entry: Entry, now: number): void {
    const due = this.#nextOf(index, entry, now)
    if (due === never)
      this.#due.remove(index)
    else
      this.#due.set(index, due)
  }

  #nextOf(index: number, entry: Entry, now: number): number {
    if (entry.leaving !== null)
      return Math.min(entry.leaving.by, now + leaveLookMs)
    if (entry.phase === 'flashing' || entry.phase === 'dead')
      return entry.until
    if (entry.forced === 'off')
      return entry.forcedUntil
    return Math.min(this.#draws.powerOf(index, now).until, entry.phase === 'booting' ? entry.until : entry.phase === 'on' ? entry.rebootAt : never)
  }

  #hasPower(index: number, entry: Entry, now: number): boolean {
    if (entry.forced === 'off' && now < entry.forcedUntil)
      return false
    const { isOn } = this.#draws.powerOf(index, now)
    if (entry.forced === 'off' || isOn)
      entry.forced = null
    return isOn || entry.forced === 'on'
  }

  #drawReboot(index: number, entry: Entry, now: number): void {
    const { afterMs, how } = this.#draws.rebootOf(index, entry.boots)
    entry.rebootAt = now + afterMs
    entry.rebootHow = how
  }

  // --- State ---

  #entryOf(index: number): Entry {
    const known = this.#entries.get(index)
    if (known !== undefined)
      return known
    const entry = newEntry()
    this.#entries.set(index, entry)
    return entry
  }

  #ownTimeOf(index: number): number | null {
    return this.#context.devices.hasBegun(index) ? this.#context.elapsedMs(index) : null
  }

  #countReboot(how: How): void {
    this.#counts.reboots++
    if (how === 'cut')
      this.#counts.crashes++
  }
}
