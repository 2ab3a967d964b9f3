import type { TraceFilterInput, TraceRowDirection } from '../../../shared/contract/trace.ts'
import type { FilterField, FilterValues } from '../../kit/filter/parse-filter.ts'
import { productKeySchema } from '../../../shared/contract/product.ts'
import { traceDirections } from '../../../shared/contract/trace.ts'
import { formatDateTime } from '../../kit/format.ts'
import { parseInstant } from '../../kit/parse-instant.ts'

type Words = (key: string, named?: Record<string, unknown>) => string

/** What the trace can be filtered by, with the rule each value has to follow. */
export function traceFields(t: Words, products: readonly { productKey: string, name: string }[], now: () => number): FilterField[] {
  const within = (max: number) => (text: string) => text.length <= max ? null : t('trace.expectedLength', { max })
  const instant = (text: string) => parseInstant(text, now()) === null ? t('trace.expectedTime') : null
  return [
    { key: 'device', label: t('trace.fields.device'), check: within(64) },
    { key: 'topic', label: t('trace.fields.topic'), check: within(128) },
    { key: 'dir', label: t('trace.fields.dir'), options: traceDirections.map(value => ({ value, label: t(`direction.${value}`) })) },
    { key: 'code', label: t('trace.fields.code'), check: text => /^(?:-?\d{1,9}|failed)$/.test(text) ? null : t('trace.expectedCode') },
    {
      key: 'product',
      label: t('trace.fields.product'),
      ...(products.length > 0 && products.length <= 50 ? { options: products.map(({ productKey, name }) => ({ value: productKey, label: name })) } : { check: (text: string) => productKeySchema.safeParse(text).success ? null : t('trace.expectedKey') }),
    },
    { key: 'text', label: t('trace.fields.text'), check: within(256) },
    { key: 'from', label: t('trace.fields.from'), check: instant },
    { key: 'to', label: t('trace.fields.to'), check: instant },
  ]
}

/** The chips as the query that the engine takes. */
export function toTraceFilter(values: FilterValues, now: number): TraceFilterInput {
  const { product, device, topic, dir, code, text, from, to } = values
  const fromAt = from === undefined ? null : parseInstant(from, now)
  const toAt = to === undefined ? null : parseInstant(to, now)
  return {
    ...(product ? { productKey: product } : {}),
    ...(device ? { deviceName: device } : {}),
    ...(topic ? { topic } : {}),
    ...(dir ? { direction: dir as TraceRowDirection } : {}),
    ...(code ? { code: code === 'failed' ? 'failed' as const : Number(code) } : {}),
    ...(text ? { text } : {}),
    ...(fromAt === null ? {} : { fromAt }),
    ...(toAt === null ? {} : { toAt }),
  }
}

const filterKeys = ['product', 'device', 'topic', 'dir', 'code', 'text', 'from', 'to']

/** The chips that an address carries; what does not follow its rule is left out. */
export function valuesFromQuery(query: Record<string, unknown>, fields: readonly FilterField[]): FilterValues {
  const values: FilterValues = {}
  for (const key of filterKeys) {
    const value = query[key]
    const field = fields.find(one => one.key === key)
    if (typeof value !== 'string' || value === '' || !field)
      continue
    if (key !== 'product' && field.options && !field.options.some(option => option.value === value))
      continue
    if ((field.check?.(value) ?? null) === null)
      values[key] = /^(?:from|to)$/.test(key) && /^\d{12,14}$/.test(value) ? formatDateTime(Number(value)).replace(' ', 'T') : value
  }
  return values
}
