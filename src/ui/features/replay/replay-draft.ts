import type { MethodInput } from '../../../shared/contract/contract.ts'
import type { ReplaySource, ReplaySurvey, ReplayTarget, ReplayTimes } from '../../../shared/contract/replay.ts'
import { limits } from '../../../shared/limits.ts'

/** What the form of a replay holds. */
export interface ReplayDraft {
  target: ReplayTarget['kind']
  count: number | null
  prefix: string
  /** By recorded device as `productKey/deviceName`: who plays it, a name or `productKey/deviceName`; empty: nobody. */
  names: Record<string, string>
  speed: number | null
  times: ReplayTimes
  untilStopped: boolean
  repeat: number | null
  shortens: boolean
  gapSec: number | null
  takeOver: boolean
}

export const firstDraft: ReplayDraft = { target: 'same', count: 10, prefix: 'replay', names: {}, speed: 1, times: 'shift', untilStopped: false, repeat: 1, shortens: false, gapSec: 5, takeOver: false }

/** What is wrong with a draft, by field; the words are in the messages under the same names. */
export type DraftProblem = 'count' | 'tooFew' | 'prefix' | 'speed' | 'repeat' | 'gap' | 'names'

/** Longer silences than this are shortened, in milliseconds; null: none are. */
export function gapOf({ shortens, gapSec }: ReplayDraft): number | null {
  return shortens && gapSec !== null ? Math.round(gapSec * 1000) : null
}

/** What has to be put right before it can start. */
export function problemsOf(draft: ReplayDraft, survey: ReplaySurvey | null): Set<DraftProblem> {
  const { target, count, prefix, speed, untilStopped, repeat, shortens, gapSec } = draft
  const problems = new Set<DraftProblem>()
  const isWhole = (value: number | null, max: number): boolean => value !== null && Number.isInteger(value) && value >= 1 && value <= max
  if (target === 'stampOut') {
    if (!isWhole(count, limits.replayDevicesMax))
      problems.add('count')
    else if (survey !== null && count! < survey.devices.length)
      problems.add('tooFew')
    if (!/^[\w\-@.:]{1,26}$/.test(prefix))
      problems.add('prefix')
  }
  if (target === 'names' && survey !== null && Object.keys(namesOf(draft, survey)).length === 0)
    problems.add('names')
  if (speed === null || speed < limits.replaySpeedMin || speed > limits.replaySpeedMax)
    problems.add('speed')
  if (!untilStopped && !isWhole(repeat, limits.replayRoundsMax))
    problems.add('repeat')
  if (shortens && (gapSec === null || gapSec < 0 || gapSec > 86_400))
    problems.add('gap')
  return problems
}

/** Who plays whom, of the devices that the recording has; a bare name is one of the recorded device's product. */
function namesOf({ names }: ReplayDraft, { devices }: ReplaySurvey): Record<string, string> {
  return Object.fromEntries(devices.flatMap(({ productKey, deviceName }) => {
    const key = `${productKey}/${deviceName}`
    const to = names[key]?.trim() ?? ''
    return to === '' ? [] : [[key, to.includes('/') ? to : `${productKey}/${to}`]]
  }))
}

/** The call that starts it; for a draft without problems. */
export function startOf(draft: ReplayDraft, source: ReplaySource, survey: ReplaySurvey): MethodInput<'replay.start'> {
  const { target, count, prefix, speed, times, untilStopped, repeat, takeOver } = draft
  return {
    source,
    to: target === 'stampOut' ? { kind: target, count: count!, prefix } : target === 'names' ? { kind: target, names: namesOf(draft, survey) } : { kind: target },
    speed: speed!,
    times,
    repeat: untilStopped ? null : repeat!,
    gapMsMax: gapOf(draft),
    takeOver,
  }
}

/** The command that does the same: `filter` in the words of the page, or the name of a file. */
export function commandWords(draft: ReplayDraft, survey: ReplaySurvey | null, from: { filter: string } | { file: string }): string[] {
  const { target, count, prefix, speed, times, untilStopped, repeat, takeOver } = draft
  const gapMs = gapOf(draft)
  const names = survey === null ? [] : Object.entries(namesOf(draft, survey))
  return [
    'replay',
    ...('file' in from ? ['--file', from.file] : []),
    ...(target === 'stampOut' ? ['--stamp', prefix, '--count', String(count)] : target === 'names' && names.length > 0 ? ['--map', names.map(pair => pair.join('=')).join(',')] : []),
    ...(speed !== 1 ? ['--speed', String(speed)] : []),
    ...(times !== 'shift' ? ['--times', times] : []),
    ...(gapMs !== null ? ['--gap', String(gapMs / 1000)] : []),
    ...(untilStopped ? ['--repeat', 'forever'] : repeat !== 1 ? ['--repeat', String(repeat)] : []),
    ...(takeOver ? ['--take-over'] : []),
    // What begins with a dash would be an option.
    ...('filter' in from && from.filter !== '' ? [...(from.filter.startsWith('-') ? ['--'] : []), from.filter] : []),
  ]
}
