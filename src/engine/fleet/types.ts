/** What a simulated device did with a message it got: took note of an answer, carried a command out, refused it, said nothing, or is still waiting to. */
export type Deed = 'noted' | 'applied' | 'refused' | 'ignored' | 'waits'

/** Which message somebody wants to know the ends of. */
export interface EndAsk {
  topic: string
  /** The Alink id as text; empty where the topic alone tells (RRPC). */
  id: string
  /** `up`: when the device sent it; `down`: when the device got it. */
  direction: 'up' | 'down'
  /** About when it was at the platform, epoch milliseconds: ids come again. */
  near: number
}

/** What a simulated device knows of a message; times in epoch milliseconds with fractions. */
export interface EndAnswer {
  at: number
  /** Null for a message of its own. */
  deed: Deed | null
  /** When its answer to the command went out. */
  answeredAt: number | null
}
