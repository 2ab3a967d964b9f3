import type { Device } from '../../../shared/contract/device.ts'
import type { TraceRow } from '../../../shared/contract/trace.ts'

export const stepNames = ['connect', 'signature', 'subscribe', 'post', 'check'] as const
export type StepName = (typeof stepNames)[number]
export type StepState = 'waiting' | 'done' | 'failed'
export interface FirmwareStep { name: StepName, state: StepState, code: number | null }

const postTopic = /\/thing\/event\/property\/(?:history\/|batch\/)?post$/

/** What is remembered of a board's messages to light its steps; counts only what came since the page was opened or the device was known for. */
export interface BoardSigns {
  /** It asked for a topic of replies. */
  subscribed: boolean
  /** Code of its last report; undefined before the first. */
  lastPostCode: number | null | undefined
}

/** Takes another row of the trace into account. */
export function noticeRow(signs: BoardSigns, row: Pick<TraceRow, 'direction' | 'topic' | 'preview' | 'code'>): BoardSigns {
  if (row.direction === 'up' && postTopic.test(row.topic))
    return { ...signs, lastPostCode: row.code }
  if (row.direction === 'record' && /subscri/i.test(`${row.topic} ${row.preview}`) && (row.code === null || row.code === 200))
    return { ...signs, subscribed: true }
  return signs
}

/** How far the board has come, step by step. */
export function firmwareSteps(device: Pick<Device, 'state' | 'activatedAt' | 'connection' | 'lastProblem' | 'lastOnlineAt'>, signs: BoardSigns): FirmwareStep[] {
  const online = device.state === 'ONLINE'
  // A refusal counts while nothing better has happened since.
  const refused = !online && device.lastProblem !== null && device.lastProblem.at > (device.lastOnlineAt ?? 0)
  const reported = signs.lastPostCode !== undefined
  const reply = /(?:^|[|,])_ss=1(?:[,|]|$)/.test(device.connection?.clientId ?? '')
  const check: StepState = !reported ? 'waiting' : signs.lastPostCode === null || signs.lastPostCode === 200 ? 'done' : 'failed'
  return [
    { name: 'connect', state: online || refused || reported ? 'done' : 'waiting', code: null },
    { name: 'signature', state: online || reported ? 'done' : refused ? 'failed' : 'waiting', code: refused ? device.lastProblem!.code : null },
    { name: 'subscribe', state: online && (signs.subscribed || reply) ? 'done' : 'waiting', code: null },
    { name: 'post', state: reported ? 'done' : 'waiting', code: null },
    { name: 'check', state: check, code: check === 'failed' ? signs.lastPostCode ?? null : null },
  ]
}
