import type { ConversationCounts } from '../../../shared/contract/fleet-conversation.ts'

/** A message of a device; the payload is text or bytes. */
export interface SpokenMessage { topic: string, payload: string | Uint8Array }

/**
 * How a message goes out: a `report` with the fleet's QoS, and the platform replies to it; `plain` with the fleet's QoS,
 * and nothing comes back; `instant` with QoS 0, as the answer to an RRPC has to (Alink 5.7); `asking` with QoS 0, and the
 * platform replies: sessions and everything that sub-devices say (Alink 3.7).
 */
export type Manner = 'report' | 'plain' | 'instant' | 'asking'

/** Hands a message of an online device to its link; false when it had to be left out. */
export type Send = (index: number, message: SpokenMessage, manner: Manner) => boolean

/** Counts what was said. */
export type Tally = (name: keyof ConversationCounts, by: number) => void
