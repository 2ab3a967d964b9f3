import type { LimitFigures, LimitNow, LimitPart, LimitReport, LimitSample, LimitStretch } from '../../shared/contract/limit.ts'
import type { Finding } from './judge.ts'
import { limits } from '../../shared/limits.ts'
import { SteadyLimit } from '../../shared/steady-limit.ts'

/** Remembers when which part of the machine was the limit: for what is on screen now, and for whoever asks after a run. */
export class LimitKeeper {
  readonly #steady = new SteadyLimit()
  readonly #onChange: (stretch: LimitStretch, change: 'began' | 'ended') => void
  /** Oldest first; the last one may still last. */
  readonly #stretches: LimitStretch[] = []
  readonly #samples: LimitSample[] = []
  #times = 0
  #endedMs = 0

  constructor(onChange: (stretch: LimitStretch, change: 'began' | 'ended') => void) {
    this.#onChange = onChange
  }

  /** Takes one second; what is the limit from then on. */
  take(found: Finding | null, sample: LimitSample): LimitNow | null {
    const { at } = sample
    this.#samples.push(sample)
    if (this.#samples.length > limits.limitSamplesMax)
      this.#samples.shift()
    const foundBefore = this.#steady.foundAt
    const named = this.#steady.look(found?.part ?? null, at, found?.figures.failing != null)
    const open = this.#open()
    if (open !== undefined && (named?.part !== open.part || named.fromAt !== open.fromAt))
      this.#end(open, named === null ? foundBefore : at)
    if (named === null)
      return null
    const stretch = this.#open() ?? this.#begin(named.part, named.fromAt, found!.figures)
    if (found !== null && found.part === stretch.part && badness(found.figures) >= badness(stretch.worst))
      stretch.worst = found.figures
    return { part: stretch.part, fromAt: stretch.fromAt, figures: found?.part === stretch.part ? found.figures : stretch.worst }
  }

  /** How often, and how many milliseconds, since the start. */
  totals(now: number): { times: number, totalMs: number } {
    const open = this.#open()
    return { times: this.#times, totalMs: this.#endedMs + (open === undefined ? 0 : now - open.fromAt) }
  }

  /** The stretches that reach into a time, both ends in epoch milliseconds, and how long they are within it. */
  between(fromAt: number, toAt: number): LimitReport {
    const stretches = this.#stretches.filter(stretch => stretch.fromAt < toAt && (stretch.toAt ?? toAt) > fromAt)
    const totalMs = stretches.reduce((sum, stretch) => sum + Math.min(stretch.toAt ?? toAt, toAt) - Math.max(stretch.fromAt, fromAt), 0)
    return { stretches: stretches.map(stretch => ({ ...stretch })), times: stretches.length, totalMs, samples: [...this.#samples] }
  }

  #open(): LimitStretch | undefined {
    const last = this.#stretches.at(-1)
    return last?.toAt === null ? last : undefined
  }

  #begin(part: LimitPart, fromAt: number, worst: LimitFigures): LimitStretch {
    const stretch: LimitStretch = { part, fromAt, toAt: null, worst }
    this.#stretches.push(stretch)
    this.#times++
    if (this.#stretches.length > limits.limitStretchesMax)
      this.#stretches.shift()
    this.#onChange(stretch, 'began')
    return stretch
  }

  #end(stretch: LimitStretch, at: number): void {
    stretch.toAt = Math.max(at, stretch.fromAt)
    this.#endedMs += stretch.toAt - stretch.fromAt
    this.#onChange(stretch, 'ended')
  }
}

/** Of two seconds of the same part, the one with more of this is the worse one. */
function badness({ rows, lateMs }: LimitFigures): number {
  return rows ?? lateMs ?? 0
}
