import type { DeviceCertificate } from '../../src/shared/contract/device.ts'

/** Where the engine under test listens, and who may connect. */
export interface FuzzTarget {
  mqttPort: number
  httpPort: number
  /** Devices of the fuzzer. */
  devices: DeviceCertificate[]
  /** Devices that behave, whose answers show that the engine goes on. */
  healthy: DeviceCertificate[]
}

export interface Measure {
  heapBytes: number
  rssBytes: number
  externalBytes: number
  /** Sockets, timers and the like that the process holds, by name. */
  handles: Record<string, number>
  /** Milliseconds that the engine's loop was held up at most since the last measure. */
  loopLongestMs: number
  /** The same, counting only the time in which the loop had the processor: a busy machine does not show in it. */
  loopCpuLongestMs: number
  messagesUp: number
  messagesDown: number
  refused: number
  droppedRows: number
}

export interface Aftermath {
  /** States of the healthy devices, and the last value each of them has according to the engine. */
  healthy: { deviceName: string, state: string, value: unknown }[]
  sessions: number
  queuedMessages: number
  rowsKept: number
  /** Notices of a start on the same workspace afterwards. */
  notices: string[]
}

/** What the driver asks the process of the engine, one at a time. */
export type FuzzQuestion = 'measure' | 'aftermath' | 'close'

export type EngineSays
  = | { kind: 'ready', target: FuzzTarget }
    | { kind: 'finding', text: string }
    | { kind: 'measure', measure: Measure }
    | { kind: 'aftermath', aftermath: Aftermath }

export type ProbeSays
  = | { kind: 'ready' }
    | { kind: 'finding', text: string }
    | { kind: 'result', asked: number, answered: number, longestMs: number, values: Record<string, number> }
