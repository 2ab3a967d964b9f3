import type { MachinePart, Run } from '../contract/run.ts'
import { machineParts } from '../contract/run.ts'

/** What a run is said to have been like, in one word; the page and the reports say it in a sentence. */
export type RunHeadline = 'running' | 'failed' | 'cut' | 'unmet' | 'failures' | 'machine' | 'trouble' | 'met' | 'clean' | 'idle'

/** Something that the reader of a summary should know, with the number it is about. */
export interface RunFinding {
  kind: 'problem' | 'notConnected' | 'lost' | 'refused' | 'trouble' | 'skipped' | 'machine' | 'late' | 'dropped'
  /** `bad`: the run shows less than was asked for; `warning`: the figures have to be read with care. */
  tone: 'bad' | 'warning'
  /** Devices, messages, times or milliseconds, as the kind says. */
  count: number
  part?: MachinePart
}

/** Beyond this a tick is late, milliseconds: the same at which the status strip names the fleet as the limit. */
const lateMs = 50
/** The part of a run in which this machine was the limit that makes its figures those of the machine. */
const machineShare = 0.1

/** What stands out in a run, the worst first; nothing when all went well. */
export function findingsOf({ figures, machine, problem }: Pick<Run, 'figures' | 'machine' | 'problem'>): RunFinding[] {
  const { devices, connected, lost, refused, skipped, causes, latenessMs } = figures
  const trouble = Object.values(causes).reduce((sum, count) => sum + count, 0)
  const all: RunFinding[] = [
    { kind: 'problem', tone: 'bad', count: problem === null ? 0 : 1 },
    { kind: 'notConnected', tone: 'bad', count: Math.max(0, devices - connected) },
    { kind: 'lost', tone: 'bad', count: Math.max(0, lost) },
    { kind: 'refused', tone: 'warning', count: refused },
    { kind: 'trouble', tone: 'warning', count: trouble },
    { kind: 'skipped', tone: 'warning', count: skipped },
    { kind: 'dropped', tone: 'warning', count: machine?.droppedRows ?? 0 },
    ...machineParts.map((part): RunFinding => ({ kind: 'machine', tone: 'warning', part, count: machine?.limitMs[part] ?? 0 })),
    { kind: 'late', tone: 'warning', count: machine !== null && latenessMs.p99 > lateMs ? latenessMs.p99 : 0 },
  ]
  return all.filter(({ count }) => count > 0)
}

/** The verdict on a run in one word. */
export function headlineOf(run: Pick<Run, 'kind' | 'end' | 'verdict' | 'figures' | 'machine' | 'problem' | 'startedAt' | 'endedAt'>): RunHeadline {
  const { kind, end, verdict, figures, machine, startedAt, endedAt } = run
  if (end === null || endedAt === null)
    return 'running'
  if (end === 'failed')
    return 'failed'
  if (kind === 'scenario')
    return verdict === 'met' ? 'met' : verdict === 'failed' ? 'unmet' : 'cut'
  if (end === 'engine')
    return 'cut'
  if (end === 'failures')
    return 'failures'
  if (machine !== null && Math.max(...Object.values(machine.limitMs)) > (endedAt - startedAt) * machineShare)
    return 'machine'
  if (figures.published === 0)
    return 'idle'
  return findingsOf(run).length > 0 ? 'trouble' : 'clean'
}
