import type { ApiCall } from '../../../shared/contract/openapi.ts'
import type { FilterValues } from '../../../shared/filter/language.ts'
import type { FilterField } from '../../kit/filter/filter-field.ts'

type Words = (key: string, named?: Record<string, unknown>) => string

/** The conditions of a search in the calls, as the engine takes them. */
export interface CallQuery { action?: string, search?: string, state?: 'successful' | 'failed' }

const actionCharsMax = 64
const searchCharsMax = 128

/** What calls can be searched by. */
export function callFields(t: Words): FilterField[] {
  const within = (max: number) => (text: string) => text.length <= max ? null : t('cloudApi.calls.expectedLength', { max })
  return [
    { key: 'action', label: t('cloudApi.fields.action'), check: within(actionCharsMax) },
    { key: 'state', label: t('cloudApi.fields.state'), options: (['successful', 'failed'] as const).map(value => ({ value, label: t(`cloudApi.states.${value}`) })) },
    { key: 'text', label: t('cloudApi.fields.text'), check: within(searchCharsMax) },
  ]
}

/** The chips that an address carries; what does not follow its rule is left out. */
export function valuesFromQuery({ action, state, text }: Record<string, unknown>): FilterValues {
  const isText = (value: unknown, max: number): value is string => typeof value === 'string' && value !== '' && value.length <= max
  return {
    ...(isText(action, actionCharsMax) ? { action } : {}),
    ...(state === 'successful' || state === 'failed' ? { state } : {}),
    ...(isText(text, searchCharsMax) ? { text } : {}),
  }
}

/** The chips as the query that the engine takes. */
export function toCallQuery({ action, state, text }: FilterValues): CallQuery {
  return {
    ...(action ? { action } : {}),
    ...(state === 'successful' || state === 'failed' ? { state } : {}),
    ...(text ? { search: text } : {}),
  }
}

/** Whether a call belongs to the calls that the engine finds by the query; for those that come in live. */
export function matchesQuery({ action, code, requestId, device }: ApiCall, query: CallQuery): boolean {
  const search = query.search?.toLowerCase()
  return (query.action === undefined || query.action === action)
    && (query.state === undefined || (query.state === 'failed') === (code !== ''))
    && (search === undefined || [action, requestId, code, device?.deviceName ?? ''].some(text => text.toLowerCase().includes(search)))
}
