import type { FaultWish } from '../contract/platform-fault.ts'

export const faultPresetNames = ['badNetwork', 'busyCloud', 'flakyDownloads'] as const
export type FaultPreset = (typeof faultPresetNames)[number]

/** Bundles of faults that go together in life. */
export const faultPresets: Readonly<Record<FaultPreset, readonly FaultWish[]>> = {
  badNetwork: [
    { kind: 'delay', share: 0.6, minMs: 300, maxMs: 3_000, to: 'both' },
    { kind: 'drop', share: 0.1, to: 'both' },
    { kind: 'duplicate', share: 0.05, to: 'both' },
    { kind: 'reorder', share: 0.1, to: 'both' },
    { kind: 'close', afterSec: 90 },
  ],
  busyCloud: [
    { kind: 'delay', share: 0.5, minMs: 1_000, maxMs: 8_000 },
    { kind: 'refuse', share: 0.15, code: 429 },
    { kind: 'noPuback', share: 0.05 },
    { kind: 'refuseConnect', share: 0.3, returnCode: 3 },
    { kind: 'throttle' },
  ],
  flakyDownloads: [
    { kind: 'slowDownload', bytesPerSec: 8_192 },
    { kind: 'stallDownload', percent: 60 },
  ],
}
