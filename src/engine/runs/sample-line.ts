import type { FleetStats } from '../../shared/contract/fleet.ts'
import type { RunSample } from '../../shared/scenario/figures.ts'

/** Enough for a plot as wide as a page, few enough to be written every minute. */
const samplesMax = 480

/** The points of a run's plots: as they get too many, every other one goes and they come half as often. */
export class SampleLine {
  #samples: RunSample[] = []
  #everyMs = 1_000

  /** Looks at a fleet `atMs` after the start of the run; a look that comes too early leaves no point, but for the last one. */
  see(atMs: number, { connected, published, replyMs, latencyMs }: Pick<FleetStats, 'connected' | 'published' | 'replyMs' | 'latencyMs'>, isLast = false): void {
    const before = this.#samples.at(-1)
    const sinceMs = atMs - (before?.atMs ?? 0)
    // Looks come every second, give or take.
    if (sinceMs < this.#everyMs * 0.9 && !(isLast && sinceMs > 0))
      return
    this.#samples.push({
      atMs,
      online: connected,
      published,
      publishedPerSec: Math.max(0, published - (before?.published ?? 0)) * 1000 / sinceMs,
      replyP99Ms: published === 0 ? 0 : replyMs.p99,
      pubackP99Ms: published === 0 ? 0 : latencyMs.p99,
    })
    if (this.#samples.length > samplesMax) {
      this.#everyMs *= 2
      this.#samples = everyOther(this.#samples)
    }
  }

  get samples(): RunSample[] {
    return this.#samples
  }
}

/** The rates of the points that stay are over the time of those that go, too. */
function everyOther(samples: readonly RunSample[]): RunSample[] {
  return samples.filter((_, index) => index % 2 === 1).map((sample, index) => {
    const before = index === 0 ? undefined : samples[index * 2 - 1]
    const sinceMs = sample.atMs - (before?.atMs ?? 0)
    return { ...sample, publishedPerSec: Math.max(0, sample.published - (before?.published ?? 0)) * 1000 / sinceMs }
  })
}
