import type { BoundStatement, Store } from '../../store/types.ts'
import type { GroupRow } from './rows.ts'
import { AppError } from '../../../shared/errors.ts'
import { Announcer } from '../../../shared/feed.ts'
import { deleteGroup, deleteMembers, deleteMemberships, insertMembers, removeMembers, selectGroups, selectMembers, upsertGroup } from './rows.ts'

const nobody: ReadonlySet<number> = new Set()

/** The groups of a workspace and who was put into them, in memory because lists and updates ask for whole groups. */
export class DeviceGroups {
  /** Says when devices were put in or taken out, or a group was changed or deleted. */
  readonly changed = new Announcer<void>()
  readonly #store: Pick<Store, 'write'>
  readonly #byId = new Map<string, GroupRow>()
  readonly #members = new Map<string, Set<number>>()
  /** How many groups a device was put into. */
  readonly #counts = new Map<number, number>()

  private constructor(store: Pick<Store, 'write'>) {
    this.#store = store
  }

  static async open(store: Pick<Store, 'read' | 'write'>): Promise<DeviceGroups> {
    const groups = new DeviceGroups(store)
    for (const row of await store.read(selectGroups, []))
      groups.#byId.set(row.groupId, row)
    for (const { groupId, deviceId } of await store.read(selectMembers, []))
      groups.#put(groupId, [deviceId])
    return groups
  }

  #put(groupId: string, deviceIds: readonly number[]): void {
    let members = this.#members.get(groupId)
    if (members === undefined)
      this.#members.set(groupId, members = new Set())
    for (const deviceId of deviceIds) {
      members.add(deviceId)
      this.#counts.set(deviceId, this.countOf(deviceId) + 1)
    }
  }

  #take(groupId: string, deviceIds: Iterable<number>): void {
    const members = this.#members.get(groupId)
    for (const deviceId of deviceIds) {
      if (members?.delete(deviceId))
        this.#counts.set(deviceId, this.countOf(deviceId) - 1)
    }
  }

  all(): GroupRow[] {
    return [...this.#byId.values()]
  }

  /** The group of that id or, failing that, of that name. */
  find(named: string): GroupRow | undefined {
    return this.#byId.get(named) ?? this.all().find(row => row.name === named)
  }

  /** The same; AppError group/not-found. */
  get(named: string): GroupRow {
    const found = this.find(named)
    if (!found)
      throw new AppError('group/not-found', `There is no device group with the id or name ${named}.`, { group: named })
    return found
  }

  /** The groups above one, the topmost first. */
  pathOf({ parentId }: GroupRow): GroupRow[] {
    const parent = parentId === null ? undefined : this.#byId.get(parentId)
    return parent === undefined ? [] : [...this.pathOf(parent), parent]
  }

  subGroupsOf(groupId: string): GroupRow[] {
    return this.all().filter(row => row.parentId === groupId)
  }

  /** The group and everything below it. */
  withSubGroups(group: GroupRow): GroupRow[] {
    return [group, ...this.subGroupsOf(group.groupId).flatMap(row => this.withSubGroups(row))]
  }

  /** Who was put into this very group. */
  membersOf(groupId: string): ReadonlySet<number> {
    return this.#members.get(groupId) ?? nobody
  }

  /** Ids of the groups that a device was put into. */
  groupsOf(deviceId: number): string[] {
    return this.countOf(deviceId) === 0 ? [] : [...this.#members].filter(([, members]) => members.has(deviceId)).map(([groupId]) => groupId)
  }

  /** How many groups a device was put into. */
  countOf(deviceId: number): number {
    return this.#counts.get(deviceId) ?? 0
  }

  /** Keeps a new or changed group; resolves after the commit. */
  async save(row: GroupRow): Promise<GroupRow> {
    const twin = this.all().find(other => other.name === row.name && other.groupId !== row.groupId)
    if (twin)
      throw new AppError('group/exists', `There is a device group ${row.name} already.`, { groupId: twin.groupId, name: row.name })
    const { groupId, name, parentId, description, query, tags, createdAt } = row
    await this.#store.write([{ statement: upsertGroup, params: [groupId, name, parentId, description, query, JSON.stringify(tags), createdAt] }])
    this.#byId.set(groupId, row)
    this.changed.announce()
    return row
  }

  async delete({ groupId }: GroupRow): Promise<void> {
    await this.#store.write([{ statement: deleteGroup, params: [groupId] }, { statement: deleteMembers, params: [groupId] }])
    this.#take(groupId, [...this.membersOf(groupId)])
    this.#members.delete(groupId)
    this.#byId.delete(groupId)
    this.changed.announce()
  }

  /** Puts devices that are not in a group into it; resolves after the commit. */
  async add(groupId: string, deviceIds: readonly number[]): Promise<void> {
    await this.#store.write([{ statement: insertMembers, params: [groupId, JSON.stringify(deviceIds)] }])
    this.#put(groupId, deviceIds.filter(deviceId => !this.membersOf(groupId).has(deviceId)))
    this.changed.announce()
  }

  /** Takes devices out of a group; resolves after the commit. */
  async remove(groupId: string, deviceIds: readonly number[]): Promise<void> {
    await this.#store.write([{ statement: removeMembers, params: [groupId, JSON.stringify(deviceIds)] }])
    this.#take(groupId, deviceIds)
    this.changed.announce()
  }

  /** Lets go of a deleted device; returns what the store has to write. */
  forget(deviceId: number): BoundStatement[] {
    for (const members of this.#members.values())
      members.delete(deviceId)
    this.#counts.delete(deviceId)
    return [{ statement: deleteMemberships, params: [deviceId] }]
  }
}
