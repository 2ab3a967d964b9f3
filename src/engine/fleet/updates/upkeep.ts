import type { Buffer } from 'node:buffer'
import type { Topic } from '../../../shared/alink/topic.ts'
import type { ConfigConduct, UpdateAccount, UpdateConduct } from '../../../shared/contract/fleet-updates.ts'
import type { UpdateAccounts, UpdateAccountsAsk } from '../messages.ts'
import type { UpdatesWorld } from './updates.ts'
import { Configurations } from './configurations.ts'
import { Updates } from './updates.ts'

/** What devices do about updates and about remote configuration. */
export interface Conducts { updates: UpdateConduct, config: ConfigConduct }

/** How the devices of one product keep up with what the platform has for them: updates and remote configuration. */
export class Upkeep {
  readonly #updates: Updates
  readonly #configurations: Configurations

  constructor({ updates, config }: Conducts, world: UpdatesWorld) {
    this.#updates = new Updates(updates, world)
    this.#configurations = new Configurations(config, world)
  }

  update({ updates, config }: Conducts): void {
    this.#updates.update(updates)
    this.#configurations.update(config)
  }

  /** Forgets the devices from `count` on. */
  truncate(count: number): void {
    this.#updates.truncate(count)
    this.#configurations.truncate(count)
  }

  online(index: number): void {
    this.#updates.online(index)
    this.#configurations.online(index)
  }

  /** False when the message is about something else. */
  received(index: number, topic: Topic, payload: Buffer): boolean {
    return this.#updates.received(index, topic, payload) || this.#configurations.received(index, topic, payload)
  }

  tick(now: number): void {
    this.#updates.tick(now)
  }

  /** What makes the account of each device that has one, in order. */
  accounts(isWanted: (deviceName: string) => boolean): (() => UpdateAccount)[] {
    return this.#updates.accounts(isWanted)
  }
}

/** A page of the accounts of all of these. */
export function pageOfAccounts(all: readonly Pick<Upkeep, 'accounts'>[], { offset, limit, deviceNames }: UpdateAccountsAsk): UpdateAccounts {
  const wanted = deviceNames === null ? null : new Set(deviceNames)
  const accounts = all.flatMap(upkeep => upkeep.accounts(deviceName => wanted === null || wanted.has(deviceName)))
  return { accounts: accounts.slice(offset, offset + limit).map(make => make()), total: accounts.length }
}
