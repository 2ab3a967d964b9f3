import type { EventType } from '../../../shared/contract/event.ts'
import type { ValidationLevel } from '../../../shared/contract/product.ts'
import type { JsonObject } from '../../../shared/json.ts'
import type { CompiledModel } from '../../../shared/thing-model/compile.ts'
import type { AcceptedValue } from '../../../shared/thing-model/validate.ts'
import type { Sample } from '../../store/types.ts'
import type { DownlinkMessage, FeatureDevice } from '../feature.ts'

/** A property report as it arrived, with what the platform knows about its sender's product. */
export interface PropertyPost {
  /** Null while the product has no thing model: then every property is unknown. */
  model: CompiledModel | null
  level: ValidationLevel
  /** Refuse what exceeds the cloud's ceilings instead of only saying so. */
  applyLimits: boolean
  topic: string
  payload: Uint8Array
  /** Epoch milliseconds; what a value without a usable time of its own is dated with. */
  receivedAt: number
}

/** The verdict on a message, and what is answered. */
export interface ReportOutcome {
  /** The code of the check, which the trace shows: that of the first issue, even where the reply says 200. */
  code: number
  /** Issues and steps, packed for the trace; null when the report went the ordinary way. */
  detail: string | null
  /** Null when no reply can or may be sent. */
  reply: DownlinkMessage | null
}

/** What becomes of a report of properties. */
export interface PostOutcome extends ReportOutcome {
  /** The values to be kept as the device's latest. */
  accepted: readonly AcceptedValue[]
  /** The numeric ones, for the series; null when there are none. */
  samples: Sample[] | null
}

/** An event that passed its check. */
export interface AcceptedEvent {
  /** Identifier on the wire. */
  key: string
  type: EventType
  output: JsonObject
  /** When it happened: the reported time, or the time of arrival where none was usable. */
  at: number
}

/** What a message with events and values of several kinds leads to. */
export interface BlockOutcome extends PostOutcome {
  events: readonly AcceptedEvent[]
  /** What it says about devices other than its sender. */
  others?: readonly OtherOutcome[]
}

/** What a gateway said about one of its sub-devices. */
export interface OtherOutcome extends Omit<BlockOutcome, 'reply' | 'others'> {
  device: FeatureDevice
  topic: string
  payload: Uint8Array
}

/** A report that carries values of several devices. */
export interface GroupPost extends PropertyPost {
  device: FeatureDevice
  /** The model of a sub-device's product. */
  modelOf: (productKey: string) => { model: CompiledModel | null, level: ValidationLevel }
  findSubDevice: FindSubDevice
}

/** A device behind a gateway, by the identity that the gateway gives; or why the gateway may not speak for it: 6100 no such device, 6401 no relation. */
export type FindSubDevice = (gateway: FeatureDevice, productKey: string, deviceName: string) => FeatureDevice | 6100 | 6401
