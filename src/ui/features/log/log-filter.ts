import type { LogLevel } from '../../../shared/alink/device-log.ts'
import type { MethodInput } from '../../../shared/contract/contract.ts'
import type { LogFilterInput } from '../../../shared/contract/log.ts'
import type { BusinessType } from '../../../shared/log/business-types.ts'
import type { FilterField, FilterValues } from '../../kit/filter/parse-filter.ts'
import { logLevels } from '../../../shared/alink/device-log.ts'
import { productKeySchema } from '../../../shared/contract/product.ts'
import { businessTypes } from '../../../shared/log/business-types.ts'
import { parseInstant } from '../../kit/parse-instant.ts'

type Words = (key: string, named?: Record<string, unknown>) => string

interface Lists { products: readonly { productKey: string, name: string }[], now: () => number }

/** The conditions that both logs share, with the rule that each value has to follow. */
function commonFields(t: Words, { products, now }: Lists): Record<'product' | 'device' | 'trace' | 'text' | 'from' | 'to', FilterField> {
  const within = (max: number) => (text: string) => text.length <= max ? null : t('platformLog.expectedLength', { max })
  const instant = (text: string): string | null => parseInstant(text, now()) === null ? t('platformLog.expectedTime') : null
  const label = (key: string): string => t(`platformLog.fields.${key}`)
  return {
    product: {
      key: 'product',
      label: label('product'),
      ...(products.length > 0 && products.length <= 50 ? { options: products.map(({ productKey, name }) => ({ value: productKey, label: name })) } : { check: (text: string) => productKeySchema.safeParse(text).success ? null : t('platformLog.expectedKey') }),
    },
    device: { key: 'device', label: label('device'), check: within(64) },
    trace: { key: 'trace', label: label('trace'), check: within(64) },
    text: { key: 'text', label: label('text'), check: within(256) },
    from: { key: 'from', label: label('from'), check: instant },
    to: { key: 'to', label: label('to'), check: instant },
  }
}

/** What the platform's log can be searched by (platform rule LOG-7). */
export function logFields(t: Words, lists: Lists): FilterField[] {
  const { product, device, trace, text, from, to } = commonFields(t, lists)
  const label = (key: string): string => t(`platformLog.fields.${key}`)
  const within = (max: number) => (value: string) => value.length <= max ? null : t('platformLog.expectedLength', { max })
  return [
    device,
    { key: 'type', label: label('type'), options: businessTypes.map(value => ({ value, label: t(`platformLog.types.${value}`) })) },
    { key: 'state', label: label('state'), options: (['successful', 'failed'] as const).map(value => ({ value, label: t(`platformLog.states.${value}`) })) },
    { key: 'op', label: label('op'), check: within(256) },
    trace,
    { key: 'message', label: label('message'), check: within(64) },
    text,
    product,
    from,
    to,
  ]
}

/** What devices' own logs can be searched by (platform rules DLG-5 and DLG-13). */
export function deviceLogFields(t: Words, lists: Lists): FilterField[] {
  const { product, device, trace, text, from, to } = commonFields(t, lists)
  return [
    device,
    { key: 'level', label: t('platformLog.fields.level'), options: logLevels.map(value => ({ value, label: value === 'OTHER' ? t('platformLog.local.otherOnly') : t('platformLog.local.orWorse', { level: value }) })) },
    { key: 'module', label: t('platformLog.fields.module') },
    trace,
    text,
    product,
    from,
    to,
  ]
}

interface Common { productKey?: string, deviceName?: string, keyword?: string, fromAt?: number, toAt?: number }

function commonOf({ product, device, text, from, to }: FilterValues, now: number): Common {
  const fromAt = from === undefined ? null : parseInstant(from, now)
  const toAt = to === undefined ? null : parseInstant(to, now)
  return {
    ...(product ? { productKey: product } : {}),
    ...(device ? { deviceName: device } : {}),
    ...(text ? { keyword: text } : {}),
    ...(fromAt === null ? {} : { fromAt }),
    ...(toAt === null ? {} : { toAt }),
  }
}

/** The chips as the query that the engine takes. */
export function toLogFilter(values: FilterValues, now: number): LogFilterInput {
  const { trace, message, state, type, op } = values
  return {
    ...commonOf(values, now),
    ...(trace ? { traceId: trace } : {}),
    ...(message ? { messageId: message } : {}),
    ...(state ? { state: state as 'successful' | 'failed' } : {}),
    ...(type ? { bizCodes: [type as BusinessType] } : {}),
    ...(op ? { operation: op } : {}),
  }
}

/** The chips as the query for devices' own logs; a level brings the worse ones along, OTHER stands alone. */
export function toDeviceLogQuery(values: FilterValues, now: number): Omit<MethodInput<'deviceLog.page'>, 'before' | 'limit'> {
  const { trace, module, level } = values
  return {
    ...commonOf(values, now),
    ...(trace ? { traceContext: trace } : {}),
    ...(module ? { module } : {}),
    ...(level ? { level: level as LogLevel, orWorse: level !== 'OTHER' } : {}),
  }
}

/** The chips that an address carries; what does not follow its rule is left out. */
export function valuesFromQuery(query: Record<string, unknown>, fields: readonly FilterField[]): FilterValues {
  const values: FilterValues = {}
  for (const { key, options, check } of fields) {
    const value = query[key]
    if (typeof value !== 'string' || value === '')
      continue
    const isKnown = key === 'product' || options === undefined || options.some(option => option.value === value)
    if (isKnown && (check?.(value) ?? null) === null)
      values[key] = value
  }
  return values
}
