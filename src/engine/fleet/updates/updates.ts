import type { Buffer } from 'node:buffer'
import type { Topic } from '../../../shared/alink/topic.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { UpdateAccount, UpdateConduct, UpdateCounts, UpdateStage } from '../../../shared/contract/fleet-updates.ts'
import type { Send } from '../conversation/speaker.ts'
import type { Devices } from '../device.ts'
import type { StepWord, UpdateRecord } from './account.ts'
import type { Course, Failure } from './course.ts'
import type { Downloads } from './downloads.ts'
import type { Notice } from './notice.ts'
import { parseReply } from '../../../shared/alink/envelope.ts'
import { defaultModule } from '../../../shared/alink/ota.ts'
import { DueHeap } from '../due-heap.ts'
import { addStep, describeRecord, newRecord, Texts } from './account.ts'
import { Blocks } from './blocks.ts'
import { courses, drawEnding, otherVersion, progressDue } from './course.ts'
import { Fetching, progressOf } from './fetching.ts'
import { readNotice, readPushedNotice } from './notice.ts'
import { Voice } from './voice.ts'

export interface UpdatesWorld {
  clock: Clock
  seed: number
  devices: Devices
  downloads: Downloads
  isOnline: (index: number) => boolean
  send: Send
  /** Runs something once and later; false when too much waits already. */
  later: (dueAt: number, run: () => void) => boolean
  /**
   * Ends the link of a device, in good order or not, and brings it back after so many milliseconds; null: it stays away.
   * A device that is offline anyway comes back no earlier. One that restarts boots besides.
   */
  interrupt: (index: number, how: 'inGoodOrder' | 'cut', backInMs: number | null, why: 'link' | 'restart') => void
  tallyUpdates: (name: keyof UpdateCounts, by: number) => void
  /** Something went wrong, in words that are the same for the same cause. */
  onProblem: (cause: string) => void
}

/** How long a device that has started again without the new version takes no notice of what it is told first. */
const deafMs = 10_000
/** How long a device that reports twice waits before it does. */
const againMs = 1_000
const asksPerTickMax = 500

/**
 * The updates of the devices of one product (Alink 8): they report versions, take notices, download, check, write, start again,
 * each in the way of its ending. Only devices that were told of an update cost anything.
 */
export class Updates {
  readonly #world: UpdatesWorld
  #conduct: UpdateConduct
  readonly #voice: Voice
  readonly #blocks: Blocks
  readonly #fetching: Fetching
  readonly #texts = new Texts()
  /** By device index. */
  readonly #records = new Map<number, UpdateRecord>()
  /** By device index, then module: what runs since an update, where it is not what the fleet started with. */
  readonly #versions = new Map<number, Map<string, string>>()
  /** Modules of which a device was told while it was busy with another. */
  readonly #postponed = new Map<number, Set<string>>()
  readonly #asks = new DueHeap()

  constructor(conduct: UpdateConduct, world: UpdatesWorld) {
    this.#conduct = conduct
    this.#world = world
    this.#voice = new Voice(world)
    this.#blocks = new Blocks(world)
    this.#fetching = new Fetching(world.downloads, this.#blocks, {
      onStart: (_, record, from) => {
        this.#enter(record, 'downloading')
        this.#note(record, from === 0 ? 'download' : 'resume', from === 0 ? undefined : from)
      },
      onBytes: (index, record, count) => {
        world.tallyUpdates('updateBytes', count)
        const due = progressDue(progressOf(record), record.reported)
        if (due !== undefined)
          this.#report(index, record, due)
      },
      onMidway: (index, record) => this.#midway(index, record),
      onFetched: (index, record) => this.#check(index, record, courses[record.ending]),
      onTrouble: (index, record, step, problem) => this.#trouble(index, record, step, problem),
    })
  }

  /** Changes what is done from now on; an update that runs keeps its ending. */
  update(conduct: UpdateConduct): void {
    const before = this.#conduct
    this.#conduct = conduct
    for (let index = 0; index < this.#world.devices.length; index++) {
      if (!this.#world.isOnline(index))
        continue
      if (conduct.version !== before.version && !this.#versions.get(index)?.has(defaultModule))
        this.#inform(index, defaultModule)
      this.#planAsk(index, this.#world.clock.now())
    }
  }

  /** Forgets the devices from `count` on. */
  truncate(count: number): void {
    for (const index of [...this.#records.keys()].filter(one => one >= count)) {
      const record = this.#records.get(index)!
      record.stopDownload?.()
      this.#enter(record, 'idle')
      for (const memory of [this.#records, this.#versions, this.#postponed])
        memory.delete(index)
    }
  }

  /** What a device does right after it has come online: the versions come first, within 2 s of connecting (Alink 8.1). */
  online(index: number): void {
    const modules = [defaultModule, ...[...this.#versions.get(index)?.keys() ?? []].filter(module => module !== defaultModule)]
    modules.forEach(module => this.#inform(index, module))
    const record = this.#records.get(index)
    if (record?.stage === 'restarting')
      this.#started(index, record)
    else if (record?.stage === 'downloading' && record.stopDownload === null && record.isPastMidway && courses[record.ending].midway === 'drop')
      this.#goOn(index, record)
    this.#planAsk(index, this.#world.clock.now())
  }

  /** Takes a message about updates; false when it is about something else. */
  received(index: number, topic: Topic, payload: Buffer): boolean {
    if (topic.kind === 'ota.upgrade') {
      this.#take(index, readPushedNotice(payload.toString('utf8')))
      return true
    }
    if (topic.kind === 'ota.firmwareGet') {
      const reply = parseReply(payload.toString('utf8'))
      if (reply?.code === 200)
        this.#take(index, readNotice(reply.data))
      return true
    }
    return this.#blocks.received(index, topic, payload)
  }

  tick(now: number): void {
    for (let count = 0; count < asksPerTickMax; count++) {
      const index = this.#asks.first()
      if (index === undefined || this.#asks.dueOf(index)! > now)
        return
      if (index >= this.#world.devices.length) {
        this.#asks.remove(index)
        continue
      }
      if (this.#world.isOnline(index))
        this.#voice.ask(index, defaultModule)
      this.#asks.set(index, now + this.#conduct.asksEverySec * 1000)
    }
  }

  /** What makes the account of each device that has one, in order. */
  accounts(isWanted: (deviceName: string) => boolean): (() => UpdateAccount)[] {
    const { devices } = this.#world
    return [...this.#records.keys()]
      .sort((a, b) => a - b)
      .filter(index => isWanted(devices.at(index).deviceName))
      .map(index => () => describeRecord(devices.at(index).deviceName, this.#records.get(index)!, this.#texts))
  }

  // --- Notices ---

  #take(index: number, notice: Notice | null | undefined): void {
    if (notice === undefined)
      return this.#world.onProblem('a notice of an update cannot be read')
    if (notice === null || !this.#conduct.takes)
      return
    const now = this.#world.clock.now()
    const record = this.#records.get(index)
    if (record !== undefined && (isBusyFor(record, notice) || (now < record.deafUntil && isSame(record, notice))))
      return this.#toldAgain(index, record, notice)
    if (this.#versionOf(index, notice.module) === notice.version)
      return this.#inform(index, notice.module)
    this.#begin(index, notice)
  }

  /** A notice repeated while an update runs starts no second one, but its address is the one that is valid. */
  #toldAgain(index: number, record: UpdateRecord, notice: Notice): void {
    if (!isSame(record, notice)) {
      const postponed = this.#postponed.get(index) ?? new Set()
      this.#postponed.set(index, postponed.add(notice.module))
      return
    }
    record.deafUntil = 0
    this.#note(record, 'told again')
    if (record.notice !== null && notice.files.length === record.notice.files.length)
      record.notice = notice
  }

  #begin(index: number, notice: Notice): void {
    const { seed, devices } = this.#world
    const before = this.#records.get(index)
    const ending = drawEnding(this.#conduct.endings, seed, devices.at(index).deviceName, notice)
    const record = newRecord(notice, { ending, fromVersion: this.#versionOf(index, notice.module), before, texts: this.#texts })
    if (before !== undefined)
      this.#enter(before, 'idle')
    this.#records.set(index, record)
    this.#enter(record, 'told')
    this.#note(record, 'told')
    const course = courses[ending]
    if (course.ignores) {
      record.notice = null
    }
    else if (course.before !== undefined) {
      // As long as it takes to look: a second notice that comes at once finds the update under way.
      this.#enter(record, 'waiting')
      this.#after(index, record, 'waiting', againMs, () => this.#fail(index, record, course.before!))
    }
    else {
      this.#fetch(index, record)
    }
  }

  // --- Download ---

  #fetch(index: number, record: UpdateRecord): void {
    this.#enter(record, 'waiting')
    this.#fetching.start(index, record, this.#conduct.percent)
  }

  #midway(index: number, record: UpdateRecord): void {
    const { midway } = courses[record.ending]
    record.isPastMidway = true
    // Its own percent, so that the platform shows where it happened.
    this.#report(index, record, progressOf(record))
    if (midway === 'stall') {
      record.notice = null
      record.hash = null
      this.#note(record, 'stalled')
    }
    else if (midway === 'drop') {
      this.#note(record, 'offline')
      this.#world.interrupt(index, 'cut', this.#conduct.restartMs, 'link')
    }
    else if (midway === 'vanish') {
      this.#note(record, 'offline')
      this.#end(record)
      this.#world.interrupt(index, 'cut', null, 'link')
    }
    else {
      this.#fail(index, record, midway!)
    }
  }

  #goOn(index: number, record: UpdateRecord): void {
    this.#note(record, 'online')
    this.#fetch(index, record)
  }

  // --- After the download ---

  #check(index: number, record: UpdateRecord, { check, flash }: Course): void {
    this.#enter(record, 'checking')
    if (check !== undefined)
      return this.#fail(index, record, check)
    record.notice = null
    this.#enter(record, 'flashing')
    this.#note(record, 'flash')
    const { flashMs, restartMs } = this.#conduct
    if (flash === 'powerCut') {
      this.#after(index, record, 'flashing', flashMs / 2, () => {
        this.#note(record, 'power cut')
        this.#enter(record, 'restarting')
        this.#world.interrupt(index, 'cut', restartMs, 'restart')
      })
      return
    }
    this.#after(index, record, 'flashing', flashMs, () => flash === undefined ? this.#restart(index, record) : this.#fail(index, record, flash))
  }

  #restart(index: number, record: UpdateRecord): void {
    const { boots } = courses[record.ending]
    this.#report(index, record, 100)
    this.#note(record, 'restart')
    this.#enter(record, 'restarting')
    if (boots !== 'old')
      this.#setVersion(index, record.module, boots === 'other' ? otherVersion(record.fromVersion, record.toVersion) : record.toVersion)
    this.#world.interrupt(index, 'inGoodOrder', this.#conduct.restartMs, 'restart')
  }

  /** It runs again, and has reported its versions. */
  #started(index: number, record: UpdateRecord): void {
    const version = this.#versionOf(index, record.module)
    this.#note(record, 'online')
    if (version !== '')
      this.#note(record, 'version', this.#texts.placeOf(version))
    // While the platform waits for the new version it tells of the update whenever the device comes online; a device that
    // took it up each time would never leave off.
    if (version !== record.toVersion)
      record.deafUntil = this.#world.clock.now() + deafMs
    this.#end(record, version === record.toVersion)
    if (courses[record.ending].twice) {
      this.#after(index, record, 'ended', againMs, () => {
        this.#report(index, record, 100)
        this.#inform(index, record.module)
        this.#note(record, 'version', this.#texts.placeOf(version))
      })
    }
    this.#askForPostponed(index)
  }

  #fail(index: number, record: UpdateRecord, { step, desc }: Failure): void {
    this.#voice.progress(index, record.module, step, desc)
    this.#note(record, 'report', step)
    this.#end(record)
    this.#askForPostponed(index)
  }

  #trouble(index: number, record: UpdateRecord, step: -2 | -3, desc: string): void {
    this.#note(record, 'failed:', this.#texts.placeOf(desc))
    this.#world.onProblem(`update: ${desc}`)
    this.#fail(index, record, { step, desc })
  }

  #end(record: UpdateRecord, isUpdated = false): void {
    this.#enter(record, 'ended')
    record.notice = null
    record.hash = null
    this.#world.tallyUpdates(isUpdated ? 'updated' : 'notUpdated', 1)
  }

  #askForPostponed(index: number): void {
    const modules = this.#postponed.get(index)
    this.#postponed.delete(index)
    modules?.forEach(module => this.#voice.ask(index, module))
  }

  #inform(index: number, module: string): void {
    this.#voice.inform(index, module, this.#versionOf(index, module))
  }

  #report(index: number, record: UpdateRecord, step: number): void {
    if (step <= record.reported && step !== 100)
      return
    record.reported = step
    this.#note(record, 'progress', step)
    this.#voice.progress(index, record.module, step)
  }

  #planAsk(index: number, now: number): void {
    if (this.#conduct.takes && this.#conduct.asksEverySec > 0)
      this.#asks.set(index, now)
    else
      this.#asks.remove(index)
  }

  // --- State ---

  #versionOf(index: number, module: string): string {
    return this.#versions.get(index)?.get(module) ?? this.#conduct.version
  }

  #setVersion(index: number, module: string, version: string): void {
    const versions = this.#versions.get(index) ?? new Map<string, string>()
    this.#versions.set(index, versions.set(module, this.#texts.shared(version)))
  }

  #enter(record: UpdateRecord, stage: UpdateStage): void {
    if (record.stage !== 'idle')
      this.#world.tallyUpdates(record.stage, -1)
    if (stage !== 'idle')
      this.#world.tallyUpdates(stage, 1)
    record.stage = stage
  }

  #note(record: UpdateRecord, word: StepWord, detail?: number): void {
    addStep(record, this.#world.clock.now(), word, detail)
  }

  /** Goes on with an update after a while, if it is then still at this stage. */
  #after(index: number, record: UpdateRecord, stage: UpdateStage, delayMs: number, run: () => void): void {
    const goOn = (): void => {
      if (this.#records.get(index) === record && record.stage === stage)
        run()
    }
    if (delayMs === 0 || !this.#world.later(this.#world.clock.now() + delayMs, goOn))
      goOn()
  }
}

/** Whoever takes no notice of an update, or is stuck in its download, is so for this update only. */
function isBusyFor(record: UpdateRecord, notice: Notice): boolean {
  const isStuck = record.stage === 'told' || (record.stage === 'downloading' && record.notice === null)
  return record.stage !== 'ended' && (!isStuck || isSame(record, notice))
}

function isSame({ module, toVersion }: UpdateRecord, notice: Notice): boolean {
  return module === notice.module && toVersion === notice.version
}
