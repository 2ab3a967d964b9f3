/**
 * What the platform does to a board on purpose: the download stops at a percentage, its connection breaks there, the notice
 * carries a wrong digest, its address has expired, the device is disconnected during the download, the download is slow.
 */
export const exerciseKinds = ['stall', 'cut', 'digest', 'expired', 'kick', 'slow'] as const
export type ExerciseKind = (typeof exerciseKinds)[number]

/** What was seen of a board during an exercise. */
export interface Observation {
  at: number
  /**
   * `begun`, `told` of the update, `asked` for it, `requested` the file from byte `value` on, `expired` (it came with an
   * expired address), `fault` (the platform did what the exercise is about), `received` all it had requested, `broken` (the
   * download ended before, at byte `value`), `progress` with the step, `version` with the text, `online`, `ended`.
   */
  what: 'begun' | 'told' | 'asked' | 'requested' | 'expired' | 'fault' | 'received' | 'broken' | 'progress' | 'version' | 'online' | 'ended'
  value: string | number | null
  /** The message or record behind it; null when there is none. */
  traceId: number | null
}

/** How a board did, as a sentence; `{value}` is the value of the verdict. */
export const findings = {
  running: 'The exercise is under way.',
  notTold: 'The device was not told of the update: it is offline, or has not subscribed to the topic.',
  neverStarted: 'The device was told of the update and never fetched the file.',
  noFault: 'The device had finished before anything could go wrong; a larger file leaves more time.',
  interrupted: 'Thingbench was closed during the exercise.',
  notFinished: 'The device had not finished when the exercise ended.',
  resumed: 'It went on with a range from byte {value}, and finished.',
  startedOver: 'It noticed, fetched the whole file again and finished; a range would have saved what it had.',
  reported: 'It noticed, and reported {value}.',
  reportedOther: 'It noticed, but reported {value}, which means something else.',
  retriedOnly: 'It tried again, and had not finished when the exercise ended.',
  acceptedPart: 'It reported the new version without ever having had the whole file.',
  silent: 'It said nothing, and did not try again.',
  noticedDigest: 'It noticed the wrong digest and reported -3.',
  flashedBad: 'It restarted into an image whose digest was wrong.',
  rolledBack: 'It fetched the file with the wrong digest, and reports the old version without having said why.',
  askedFresh: 'It got a fresh address, and finished.',
  insisted: 'It asked for the expired address {value} times and did nothing else.',
  cameBack: 'It connected again, and finished.',
  stayedAway: 'It did not connect again.',
  gaveUp: 'It gave up and reported {value}, though the download went on.',
  patient: 'It waited for the slow download, and finished.',
} as const
export type Finding = keyof typeof findings

export interface BoardVerdict {
  /** `open`: nothing can be said yet; `unclear`: the exercise did not come to the point. */
  grade: 'good' | 'fair' | 'bad' | 'unclear' | 'open'
  finding: Finding
  value: string | number | null
}

interface Seen {
  kind: ExerciseKind
  observations: readonly Pick<Observation, 'what' | 'value'>[]
  toVersion: string
  /** Bytes of the file. */
  size: number
  /** Nothing more is waited for. */
  isOver: boolean
}

const open: BoardVerdict = { grade: 'open', finding: 'running', value: null }

function say(grade: BoardVerdict['grade'], finding: Finding, value: string | number | null = null): BoardVerdict {
  return { grade, finding, value }
}

/** A verdict in an English sentence. */
export function verdictText({ grade, finding, value }: BoardVerdict): string {
  const opening = { good: 'Good: ', fair: 'Fair: ', bad: 'Bad: ', unclear: 'Unclear: ', open: '' }[grade]
  const sentence = findings[finding].replace('{value}', String(value))
  return opening === '' ? sentence : opening + sentence[0]!.toLowerCase() + sentence.slice(1)
}

/**
 * Judges what a board did about what went wrong. A verdict other than `open` before the end is final: nothing that may still
 * come would change it.
 */
export function judgeBoard(seen: Seen): BoardVerdict {
  const { kind, observations, toVersion, isOver } = seen
  const faultAt = observations.findIndex(({ what }) => what === 'fault')
  const hasNew = observations.some(({ what, value }) => what === 'version' && value === toVersion)
  if (faultAt < 0) {
    if (hasNew)
      return say('unclear', 'noFault')
    return isOver ? notReached(observations) : open
  }
  const after = observations.slice(faultAt + 1)
  const failure = after.find(({ what, value }) => what === 'progress' && Number(value) < 0)
  if (failure !== undefined)
    return judgeReport(kind, Number(failure.value))
  if (hasNew)
    return judgeSuccess(seen, after)
  return isOver ? judgeSilence(seen, after) : open
}

/** The fault never came. */
function notReached(observations: Seen['observations']): BoardVerdict {
  if (observations.some(({ what }) => what === 'requested' || what === 'expired'))
    return say('unclear', 'notFinished')
  return observations.some(({ what }) => what === 'told' || what === 'asked') ? say('unclear', 'neverStarted') : say('unclear', 'notTold')
}

function judgeReport(kind: ExerciseKind, step: number): BoardVerdict {
  switch (kind) {
    case 'digest':
      return step === -3 ? say('good', 'noticedDigest') : say('fair', 'reportedOther', step)
    case 'kick':
    case 'slow':
      return say('fair', 'gaveUp', step)
    default:
      return step === -2 ? say('good', 'reported', step) : say('fair', 'reportedOther', step)
  }
}

function judgeSuccess({ kind, observations, size }: Seen, after: Seen['observations']): BoardVerdict {
  switch (kind) {
    case 'digest':
      return say('bad', 'flashedBad')
    case 'expired':
      return hasWhole(observations, size) ? say('good', 'askedFresh') : say('bad', 'acceptedPart')
    case 'kick':
      return hasWhole(observations, size) ? say('good', 'cameBack') : say('bad', 'acceptedPart')
    case 'slow':
      return hasWhole(observations, size) ? say('good', 'patient') : say('bad', 'acceptedPart')
    default: {
      if (!hasWhole(observations, size))
        return say('bad', 'acceptedPart')
      const again = after.find(({ what, value }) => what === 'requested' && Number(value) > 0)
      return again === undefined ? say('fair', 'startedOver') : say('good', 'resumed', again.value)
    }
  }
}

function judgeSilence({ kind, observations, size }: Seen, after: Seen['observations']): BoardVerdict {
  const count = (what: Observation['what']): number => after.filter(one => one.what === what).length
  switch (kind) {
    case 'digest':
      if (count('requested') === 0)
        return notReached(observations)
      if (!hasWhole(observations, size))
        return say('unclear', 'notFinished')
      return count('version') > 0 ? say('fair', 'rolledBack') : say('bad', 'silent')
    case 'expired':
      if (count('expired') === 0)
        return notReached(observations)
      if (count('requested') > 0 || count('asked') > 0)
        return say('fair', 'retriedOnly')
      return count('expired') > 2 ? say('bad', 'insisted', count('expired')) : say('bad', 'silent')
    case 'kick':
      return count('online') > 0 ? say('fair', 'retriedOnly') : say('bad', 'stayedAway')
    case 'slow':
      return hasWhole(observations, size) ? say('bad', 'silent') : say('unclear', 'notFinished')
    default:
      return count('requested') > 0 || count('asked') > 0 ? say('fair', 'retriedOnly') : say('bad', 'silent')
  }
}

/** Whether the parts that were sent cover the file. */
function hasWhole(observations: Seen['observations'], size: number): boolean {
  let reach = 0
  for (const [start, end] of sentParts(observations).sort(([a], [b]) => a - b)) {
    if (start <= reach)
      reach = Math.max(reach, end)
  }
  return reach >= size
}

/** From where to where; what ended belongs to the request that began nearest before it, for several may be under way. */
function sentParts(observations: Seen['observations']): [start: number, end: number][] {
  const starts: number[] = []
  const parts: [number, number][] = []
  for (const { what, value } of observations) {
    const at = Number(value)
    if (what === 'requested')
      starts.push(at)
    if (what !== 'received' && what !== 'broken')
      continue
    const start = Math.max(...starts.filter(one => one <= at))
    if (Number.isFinite(start)) {
      starts.splice(starts.indexOf(start), 1)
      parts.push([start, at])
    }
  }
  return parts
}
