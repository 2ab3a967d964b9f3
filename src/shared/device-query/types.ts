import type { DeviceState } from '../contract/device.ts'
import type { JsonValue } from '../json.ts'

/** What a query asks about: one of the device's own facts, one of its tags, or the latest value of a property. */
export type QueryField
  = | { name: 'product_key' | 'iot_id' | 'name' | 'nickname' | 'status' | 'simulated' | 'gmt_create' | 'gmt_modified' | 'active_time' | 'last_online_time' | 'last_offline_time' | 'group.group_id' | 'tag.tag_name' | 'tag.tag_value' }
    | { name: 'tag' | 'property', key: string }

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>='

/** What a fact is compared with; instants are fixed (epoch milliseconds) or so long before the query is asked. */
export type QueryValue = string | number | boolean | { at: number } | { agoMs: number }

export type DeviceQuery
  = | { kind: 'and' | 'or', parts: DeviceQuery[] }
    | { kind: 'not', part: DeviceQuery }
    | { kind: 'compare', field: QueryField, comparison: Comparison, value: QueryValue }
    | { kind: 'like', field: QueryField, pattern: string }
    | { kind: 'in', field: QueryField, values: QueryValue[] }
    | { kind: 'known', field: QueryField }

/** Where a text stops being a query: counted from 0, what was expected there and what came. */
export interface QueryError { at: number, expected: string, got: string }

/** What is known of a device when a query is asked. Instants are epoch milliseconds, null for what has never happened. */
export interface DeviceFacts {
  productKey: string
  deviceName: string
  iotId: string
  /** Empty for none. */
  nickname: string
  state: DeviceState
  simulated: boolean
  createdAt: number
  modifiedAt: number
  activatedAt: number | null
  lastOnlineAt: number | null
  lastOfflineAt: number | null
  tag: (key: string) => string | undefined
  tags: () => readonly { key: string, value: string }[]
  /** Ids of the groups that it was put into. */
  groups: () => readonly string[]
  property: (identifier: string) => JsonValue | undefined
}
