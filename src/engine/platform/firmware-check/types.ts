import type { CheckEvidence, CheckFailure, CheckStep } from '../../../shared/contract/firmware-check.ts'
import type { TraceRowDirection } from '../../../shared/contract/trace.ts'

/** What the judge looks at of a row of the trace. */
export interface CheckRow {
  id: number
  at: number
  direction: TraceRowDirection
  topic: string
  code: number | null
  detail: string | null
  /** The payload as a JSON object; read only where it decides something. */
  content: () => Record<string, unknown>
}

/** What is known of one step. */
export interface StepFacts {
  first: CheckEvidence | null
  last: CheckEvidence | null
  passes: number
  failure: CheckFailure | null
  failures: number
  asked: CheckEvidence | null
  isNote: boolean
}

/** All that is known of a device's firmware; kept as JSON. */
export interface CheckFacts {
  begunAt: number
  steps: Partial<Record<CheckStep, StepFacts>>
  /** What the session is subscribed to, and what it was refused. */
  filters: string[]
  refused: ({ filter: string } & CheckEvidence)[]
  isSubscribedFor: boolean
  /** Topics on which the platform had something to say in this session, with the first such message. */
  used: ({ topic: string } & CheckEvidence)[]
  /** The end of the last connection that the device did not end itself, until it is back. */
  away: CheckEvidence | null
  /** Of the update that the device was told of. */
  wantedVersion: string | null
}

/** What the thing model of a product asks of its devices. */
export interface ModelNeeds {
  isWritable: boolean
  events: readonly string[]
  /** Asynchronous services. */
  services: readonly string[]
  hasSyncServices: boolean
}
