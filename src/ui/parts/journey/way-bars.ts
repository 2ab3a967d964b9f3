import type { JourneyHop } from '../../../shared/contract/journey.ts'

/** One hop as it is drawn: where its bar begins and ends, as shares of the axis; null where there is nothing to draw. */
export interface HopBar { hop: JourneyHop, from: number | null, to: number | null }

export interface WayBars {
  bars: HopBar[]
  /** The first and the last moment on the axis, in milliseconds from the row that begins the way. */
  firstMs: number
  lastMs: number
}

/**
 * Lays the hops of a way on one axis of time: each bar goes from the hop before, as far as that is known, to its own moment.
 * What a device claims by its own clock is not drawn, because two clocks on one axis would lie.
 */
export function layWay(hops: readonly JourneyHop[]): WayBars {
  const timeOf = ({ afterMs, source }: JourneyHop): number | null => source === 'claimed' ? null : afterMs
  const times = hops.map(timeOf).filter(time => time !== null)
  const firstMs = Math.min(0, ...times)
  const lastMs = Math.max(0, ...times)
  const share = (ms: number): number => lastMs === firstMs ? 0 : (ms - firstMs) / (lastMs - firstMs)
  let before: number | null = null
  const bars = hops.map((hop): HopBar => {
    const time = timeOf(hop)
    if (time === null)
      return { hop, from: null, to: null }
    const bar = { hop, from: share(before ?? time), to: share(time) }
    before = time
    return bar
  })
  return { bars, firstMs, lastMs }
}
