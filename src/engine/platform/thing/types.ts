import type { ValidationLevel } from '../../../shared/contract/product.ts'
import type { CompiledModel } from '../../../shared/thing-model/compile.ts'
import type { AcceptedValue } from '../../../shared/thing-model/validate.ts'
import type { Sample } from '../../store/types.ts'

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

/** A message the platform sends to the device. */
export interface Reply { topic: string, payload: Uint8Array }

/** What becomes of a report. */
export interface PostOutcome {
  /** The code of the check, which the trace shows: that of the first issue, even where the reply says 200. */
  code: number
  /** Issues and steps, packed for the trace; null when the report went the ordinary way. */
  detail: string | null
  /** Null when no reply can or may be sent. */
  reply: Reply | null
  /** The values to be kept as the device's latest. */
  accepted: readonly AcceptedValue[]
  /** The numeric ones, for the series; null when there are none. */
  samples: Sample[] | null
}
