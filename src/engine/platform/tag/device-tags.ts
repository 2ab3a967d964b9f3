import type { Tag, TagDomain } from '../../../shared/alink/tag.ts'
import type { DeviceTag } from '../../../shared/contract/tag.ts'
import type { BoundStatement, Store } from '../../store/types.ts'
import { deleteTag, selectTags, upsertTag } from './rows.ts'

/** A change as the store has to keep it; a later one of the same tag replaces it while it waits. */
export interface TagChange { key: string, statement: BoundStatement }

/** The tags of all devices, in memory because a device that asks is answered at once. */
export class DeviceTags {
  readonly #byDevice = new Map<number, Map<string, DeviceTag>>()

  /** Reads what the workspace holds. */
  static async open(store: Pick<Store, 'read'>): Promise<DeviceTags> {
    const tags = new DeviceTags()
    for (const { deviceId, ...tag } of await store.read(selectTags, []))
      tags.#ofDevice(deviceId).set(nameOf(tag.domain, tag.key), tag)
    return tags
  }

  #ofDevice(deviceId: number): Map<string, DeviceTag> {
    let tags = this.#byDevice.get(deviceId)
    if (tags === undefined)
      this.#byDevice.set(deviceId, tags = new Map())
    return tags
  }

  /** All tags of a device in order of their keys, those of its SDK last. */
  of(deviceId: number): DeviceTag[] {
    return Array.from(this.#byDevice.get(deviceId)?.values() ?? []).sort((a, b) => compare(b.domain, a.domain) || compare(a.key, b.key))
  }

  /** The value of a tag; of two with the same key that of the user. */
  valueOf(deviceId: number, key: string): string | undefined {
    const tags = this.#byDevice.get(deviceId)
    return (tags?.get(nameOf('USER', key)) ?? tags?.get(nameOf('SYSTEM', key)))?.value
  }

  /** How many tags a device would have with these set. */
  countWith(deviceId: number, tags: readonly Omit<Tag, 'value'>[]): Record<TagDomain, number> {
    const names = new Set(this.#byDevice.get(deviceId)?.keys())
    for (const { domain, key } of tags)
      names.add(nameOf(domain, key))
    const system = Array.from(names).filter(name => name.startsWith('SYSTEM')).length
    return { USER: names.size - system, SYSTEM: system }
  }

  /** Sets tags and leaves the others as they are. Returns what the store has to write. */
  set(deviceId: number, tags: readonly Tag[], at: number): TagChange[] {
    const known = this.#ofDevice(deviceId)
    return tags.map((tag) => {
      known.set(nameOf(tag.domain, tag.key), { ...tag, at })
      return changeOf(deviceId, tag, { statement: upsertTag, params: [deviceId, tag.domain, tag.key, tag.value, at] })
    })
  }

  /** Deletes tags; unknown ones are passed over. Returns what the store has to write. */
  delete(deviceId: number, tags: readonly Omit<Tag, 'value'>[]): TagChange[] {
    const known = this.#byDevice.get(deviceId)
    return tags.filter(({ domain, key }) => known?.delete(nameOf(domain, key)) === true)
      .map(tag => changeOf(deviceId, tag, { statement: deleteTag, params: [deviceId, tag.domain, tag.key] }))
  }

  /** Lets go of a deleted device. */
  forget(deviceId: number): void {
    this.#byDevice.delete(deviceId)
  }
}

function nameOf(domain: TagDomain, key: string): string {
  return `${domain} ${key}`
}

function changeOf(deviceId: number, { domain, key }: Omit<Tag, 'value'>, statement: BoundStatement): TagChange {
  return { key: `tag ${deviceId} ${nameOf(domain, key)}`, statement }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
