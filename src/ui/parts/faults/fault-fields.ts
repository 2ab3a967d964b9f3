import type { FaultKind } from '../../../shared/contract/platform-fault.ts'
import { corruptions } from '../../../shared/contract/platform-fault.ts'
import { messageKinds } from '../../../shared/faults/message-kind.ts'

/** How one number of a fault is put in; `words` leads to the names of its choices. */
export type FaultField = { key: string }
  & ({ as: 'number', min: number, max: number, unit: string }
    | { as: 'percent' }
    | { as: 'choice', choices: readonly { value: string | number, words: string }[] }
    | { as: 'kinds' })

const number = (key: string, min: number, max: number, unit = ''): FaultField => ({ key, as: 'number', min, max, unit })
const share: FaultField = { key: 'share', as: 'percent' }
const of: FaultField = { key: 'of', as: 'kinds' }
const to: FaultField = { key: 'to', as: 'choice', choices: ['replies', 'commands', 'both'].map(value => ({ value, words: `faults.to.${value}` })) }
const delayMsMax = 600_000
const rateMax = 1_000_000
const daySec = 86_400

/** The numbers of each fault, in the order in which they are shown. */
export const faultFields: Record<FaultKind, readonly FaultField[]> = {
  delay: [number('minMs', 0, delayMsMax, 'ms'), number('maxMs', 0, delayMsMax, 'ms'), share, to, of],
  drop: [share, to, of],
  duplicate: [share, to, of],
  reorder: [number('withinMs', 0, delayMsMax, 'ms'), share, to, of],
  corrupt: [{ key: 'how', as: 'choice', choices: corruptions.map(value => ({ value, words: `faults.how.${value}` })) }, share, to, of],
  refuse: [number('code', 1, 999_999), share, of],
  noPuback: [share],
  slowDownload: [number('bytesPerSec', 16, 100_000_000, 'B/s')],
  stallDownload: [number('percent', 0, 99, '%')],
  wrongDigest: [],
  expiredUrl: [],
  kick: [number('everySec', 1, daySec, 's')],
  close: [number('afterSec', 1, daySec, 's')],
  refuseConnect: [{ key: 'returnCode', as: 'choice', choices: [1, 2, 3, 4, 5].map(value => ({ value, words: `faults.returnCode.c${value}` })) }, share],
  throttle: [
    ...['upQos0PerSec', 'upQos1PerSec', 'downPerSec'].map(key => number(key, 0, rateMax, 'faults.perSec')),
    number('connectsPerMinute', 0, rateMax, 'faults.perMinute'),
    ...['accountUpPerSec', 'accountDownPerSec', 'accountConnectsPerSec'].map(key => number(key, 0, rateMax, 'faults.perSec')),
  ],
}

export const messageKindChoices = messageKinds.map(value => ({ value, words: `faults.of.${value}` }))

/** The switches, as they stand together. */
export const faultGroups: readonly { group: 'replies' | 'uplink' | 'connection' | 'downloads' | 'quotas', kinds: readonly FaultKind[] }[] = [
  { group: 'replies', kinds: ['delay', 'drop', 'duplicate', 'reorder', 'corrupt'] },
  { group: 'uplink', kinds: ['refuse', 'noPuback'] },
  { group: 'connection', kinds: ['kick', 'close', 'refuseConnect'] },
  { group: 'downloads', kinds: ['slowDownload', 'stallDownload', 'wrongDigest', 'expiredUrl'] },
  { group: 'quotas', kinds: ['throttle'] },
]
