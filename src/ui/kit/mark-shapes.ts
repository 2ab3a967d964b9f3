import type { Tokens } from './tokens.ts'

/** Everything a device can be, in any view; each has a colour and a shape of its own. */
export const markNames = ['online', 'connecting', 'offline', 'idle', 'disabled', 'refused', 'kicked', 'swapped', 'failed', 'off', 'booting', 'flashing', 'dead'] as const
export type MarkName = (typeof markNames)[number]

export interface MarkShape {
  color: keyof Tokens
  /** SVG path in a box of 12 × 12. */
  path: string
  /** Lines rather than an area: drawn as a stroke whatever the kind of device. */
  lines?: boolean
}

const circle = 'M6 1.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9z'

export const markShapes: Record<MarkName, MarkShape> = {
  online: { color: 'online', path: circle },
  connecting: { color: 'connecting', path: 'M6 1.5a4.5 4.5 0 0 0 0 9z' },
  offline: { color: 'offline', path: 'M2 6h8', lines: true },
  idle: { color: 'idle', path: 'M6 4a2 2 0 1 0 0 4a2 2 0 1 0 0-4z' },
  disabled: { color: 'disabled', path: 'M6 2a4 4 0 1 0 0 8a4 4 0 1 0 0-8zM3.2 8.8l5.6-5.6', lines: true },
  refused: { color: 'refused', path: 'M2.5 2.5l7 7M9.5 2.5l-7 7', lines: true },
  kicked: { color: 'kicked', path: 'M6 1.5l5 9h-10z' },
  swapped: { color: 'kicked', path: 'M1.5 4.5h7l-2.5-2.5M10.5 7.5h-7l2.5 2.5', lines: true },
  failed: { color: 'failed', path: 'M6 .8l5.2 5.2l-5.2 5.2l-5.2-5.2z' },
  off: { color: 'offline', path: 'M2.5 2.5h7v7h-7z', lines: true },
  booting: { color: 'connecting', path: 'M2 6l4-4l4 4M2 10l4-4l4 4', lines: true },
  flashing: { color: 'warning', path: 'M7.5 .5l-5.5 6.5h3.5l-1 4.5l5.5-6.5h-3.5z' },
  dead: { color: 'failed', path: 'M1 3.5h8v5h-8zM11 5v2', lines: true },
}
