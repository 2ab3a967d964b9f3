import type { ApiClient, MethodInput } from '../shared/contract/contract.ts'
import type { ValueKind } from './option.ts'
import { AppError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import { UsageError } from './command.ts'
import { instant } from './instant.ts'
import { oneLine } from './one-line.ts'
import { openFile, partsOf } from './open-file.ts'
import { anyText, flag, oneOf, optional, wholeNumber, withDefault } from './option.ts'

type Wish = MethodInput<'batch.create'>
type Rate = NonNullable<Wish['rate']>

/** Words with commas between them. */
export const words: ValueKind<string[]> = {
  expected: 'one or more, with commas between them',
  read: (text) => {
    const found = text.split(',').map(word => word.trim()).filter(word => word !== '')
    return found.length === 0 ? undefined : found
  },
}

function decimal(text: string): number {
  return /^\d{1,9}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN
}

/** A positive number of minutes, or the word for none. */
const minutesOrNone: ValueKind<number | null> = {
  expected: 'a number of minutes, or none',
  read: text => text === 'none' ? null : decimal(text) > 0 ? decimal(text) : undefined,
}

const retryMinutes: ValueKind<number> = {
  expected: 'a number of minutes; 0 is at once',
  read: text => decimal(text) >= 0 ? decimal(text) : undefined,
}

const percent: ValueKind<number> = {
  expected: 'a percentage of more than 0 and at most 100',
  read: text => decimal(text) > 0 && decimal(text) <= 100 ? decimal(text) : undefined,
}

/** `unlimited`, `200`, or `50,2,10000,1000,pushed`: base, factor, highest, threshold, and what is counted. */
const rate: ValueKind<Rate> = {
  expected: 'unlimited, a number of devices a minute, or BASE,FACTOR,MAX,THRESHOLD[,pushed|succeeded] for one that grows',
  read(text) {
    if (text === 'unlimited')
      return { kind: 'unlimited' }
    const [base = Number.NaN, factor, max, threshold, ...others] = text.split(',').slice(0, 4).map(decimal)
    const counts = text.split(',')[4] ?? 'pushed'
    if (!(base > 0) || others.length > 0 || text.split(',').length > 5)
      return undefined
    if (factor === undefined)
      return { kind: 'constant', perMinute: base }
    return factor >= 1 && max !== undefined && max > 0 && threshold !== undefined && Number.isInteger(threshold) && threshold > 0 && (counts === 'pushed' || counts === 'succeeded')
      ? { kind: 'growing', base, factor, max, threshold, counts }
      : undefined
  },
}

/** `wave=1,by=me`. */
const tags: ValueKind<Record<string, string>> = {
  expected: 'KEY=VALUE[,KEY=VALUE], or none',
  read(text) {
    if (text === 'none')
      return {}
    const entries = text.split(',').map(word => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] as const)
    return text.split(',').every(word => word.indexOf('=') > 0) ? Object.fromEntries(entries) : undefined
  },
}

/** Which devices are named, also for a verification. */
export const namedOptions = {
  'devices': optional(words, { about: 'Only the devices of these names.', placeholder: 'NAMES' }),
  'devices-file': optional(anyText, { about: 'Only the devices in this file: CSV with a column DeviceName, or a name a line.', placeholder: 'CSV' }),
}

/** What a batch under way can be given anew. */
export const changeOptions = {
  rate: optional(rate, { about: 'How fast devices are told.', placeholder: 'RATE' }),
  timeout: optional(minutesOrNone, { about: 'Minutes from the first progress of a device until its update fails.', placeholder: 'MIN' }),
  tags: optional(tags, { about: 'Tags that devices get with the update.', placeholder: 'K=V,…' }),
  from: optional(words, { about: 'Only devices that have one of these versions.', placeholder: 'VERSIONS' }),
}

/** How a batch goes about its updates, also a verification. */
export const wayOptions = {
  'on-request': flag('Do not tell devices; they get the update when they ask.'),
  'confirm': flag('Let each update wait until ota batch confirm.'),
  'protocol': withDefault(oneOf('HTTPS', 'MQTT'), 'HTTPS', { about: 'How devices get the file; HTTPS is also plain HTTP.', placeholder: 'PROTOCOL' }),
  'timeout': changeOptions.timeout,
  'tags': changeOptions.tags,
}

/** What a batch is made with. */
export const batchOptions = {
  ...namedOptions,
  ...changeOptions,
  'percent': optional(percent, { about: 'Only a part of the devices that fulfil the conditions.', placeholder: 'N' }),
  'group': optional(anyText, { about: 'Only the devices of this group.', placeholder: 'GROUP' }),
  'dynamic': flag('Go on looking for devices until the batch is cancelled.'),
  'new-reports-only': flag('With --dynamic: only devices that report their version from now on.'),
  'start': optional(instant, { about: 'When it begins; without it, now.', placeholder: 'TIME' }),
  'end': optional(instant, { about: 'With --start: when it ends.', placeholder: 'TIME' }),
  'retry-after': optional(retryMinutes, { about: 'Minutes from a failure to the next try; without it there is none.', placeholder: 'MIN' }),
  'retries': withDefault(wholeNumber(1, 100), 1, { about: 'How many tries follow a failure.', placeholder: 'N' }),
  'several-modules': flag('Allow updates of several modules of a device at once.'),
  'override': flag('Take the place of earlier updates that are not in progress.'),
  ...wayOptions,
}

/** The values of options, by the names of `batchOptions`. */
interface Named { 'devices': string[] | undefined, 'devices-file': string | undefined }

/** What follows of the way options. */
export function wayOf({ 'on-request': onRequest, confirm, protocol, timeout, tags }: { 'on-request': boolean, 'confirm': boolean, 'protocol': 'HTTPS' | 'MQTT', 'timeout': number | null | undefined, 'tags': Record<string, string> | undefined }): Omit<Wish, 'packageId'> {
  return { pushes: !onRequest, needsConfirmation: confirm, protocol, timeoutMinutes: timeout ?? null, tags: tags ?? {} }
}

/**
 * Adds the devices that are named to what a batch is made with, and makes or previews it with `use`. They come from words or
 * from a file, which is read in parts.
 * @throws UsageError for scopes that do not go together, AppError, and what `use` throws.
 */
export async function withNamed<T>(client: ApiClient, { 'devices': names, 'devices-file': file }: Named, wish: Wish, use: (wish: Wish) => Promise<T>): Promise<T> {
  if ([names, file, wish.scope].filter(given => given !== undefined).length > 1)
    throw new UsageError('--devices, --devices-file, --percent and --group do not go together.')
  const list = file === undefined ? undefined : await bringNames(client, file, wish.packageId)
  const scope = list ?? (names === undefined ? wish.scope : { kind: 'named' as const, deviceNames: names })
  try {
    return await use({ ...wish, ...scope === undefined ? {} : { scope } })
  }
  finally {
    // A batch that was made has taken its names along.
    if (list !== undefined)
      await client.call('batchNames.drop', { namesId: list.namesId }).catch(() => {})
  }
}

/** Lines of a wrong file that the sentence names. */
const wrongShown = 3

async function bringNames(client: ApiClient, file: string, packageId: string): Promise<{ kind: 'list', namesId: string }> {
  await using handle = await openFile(file)
  const { productKey } = await client.call('otaPackage.get', { packageId })
  const { namesId } = await client.call('batchNames.begin', { productKey })
  try {
    let offset = 0
    for await (const bytes of partsOf(handle, limits.namesPartBytesMax))
      offset = (await client.call('batchNames.part', { namesId, offset, bytes })).received
    const { invalid, sample } = await client.call('batchNames.end', { namesId })
    const wrong = invalid.malformed + invalid.unknown + invalid.otherProduct
    if (wrong > 0) {
      const shown = sample.filter(({ fault }) => fault !== 'repeated').slice(0, wrongShown).map(({ line, name }) => `${oneLine(name)} on line ${line}`).join(', ')
      throw new AppError('input/invalid', `${file}: expected names of devices of the product ${productKey}; ${wrong} are none: ${shown}${wrong > wrongShown ? ' …' : ''}.`, { file, wrong })
    }
    return { kind: 'list', namesId }
  }
  catch (error) {
    await client.call('batchNames.drop', { namesId }).catch(() => {})
    throw error
  }
}
