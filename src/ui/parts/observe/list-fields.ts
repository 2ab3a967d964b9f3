import type { ExpectedWords, FilterList } from '../../../shared/filter/list-rules.ts'
import type { Language } from '../../../shared/thing-model/explanation.ts'
import type { FilterField, FilterOption } from '../../kit/filter/filter-field.ts'
import { systemTopics } from '../../../shared/alink/system-topics.ts'
import { filterRules } from '../../../shared/filter/list-rules.ts'
import { findCodes } from '../../../shared/thing-model/find-codes.ts'

type Words = (key: string, named?: Record<string, unknown>) => string

/** What the fields of the lists take their words and suggestions from. */
export interface FieldSources {
  t: Words
  language: () => Language
  now: () => number
  products: () => readonly { productKey: string, name: string }[]
  /** Names of devices that have this in them. */
  findDevices: (part: string) => Promise<readonly FilterOption[]>
}

const spans = ['5m', '15m', '1h', '6h', '1d', '7d']
const lags = ['100ms', '500ms', '1s', '5s']
const suggestedMax = 30

function expectedWords(t: Words): ExpectedWords {
  const say = (key: string, named?: Record<string, unknown>): string => t(`observe.expected.${key}`, named)
  return { time: say('time'), key: say('key'), code: say('code'), lag: say('lag'), span: say('span'), excludedCode: say('excludedCode'), length: max => say('length', { max }) }
}

function containing(options: readonly FilterOption[]): (part: string) => readonly FilterOption[] {
  return part => options.filter(({ value, label }) => `${value} ${label}`.toLowerCase().includes(part.toLowerCase())).slice(0, suggestedMax)
}

function suggestCodes({ t, language }: FieldSources): (part: string) => readonly FilterOption[] {
  return (part) => {
    const words = containing([{ value: 'failed', label: t('observe.codeFailed') }, { value: 'ok', label: t('observe.codeOk') }])(part)
    const found = new Map(findCodes(part, language()).map(({ code, title }) => [code, title]))
    return [...words, ...[...found].sort(([a], [b]) => a - b).slice(0, suggestedMax).map(([code, title]) => ({ value: String(code), label: title }))]
  }
}

/** The parts of topics that a system topic is known by. */
const topicOptions: readonly FilterOption[] = [...new Set(Object.values(systemTopics).map(({ path }) => path))].map(path => ({ value: path, label: path }))

/** What a list can be filtered by, in the words of the page, with suggestions. */
export function listFields(list: FilterList, sources: FieldSources): FilterField[] {
  const { t, now, products, findDevices } = sources
  const optionWords: Record<string, (value: string) => string> = {
    dir: value => t(`direction.${value}`),
    type: value => t(`observe.types.${value}`),
    level: value => value,
    answered: value => t(`observe.answered.${value}`),
  }
  return filterRules(list, expectedWords(t), now).map(({ options, ...rule }): FilterField => {
    const { key } = rule
    const field: FilterField = { ...rule, label: t(`observe.fields.${key}`) }
    const named = optionWords[key]
    if (options && named)
      field.options = options.map(({ value }) => ({ value, label: named(value) }))
    if (key === 'type')
      field.shown = value => value.split(',').map(optionWords.type!).join(', ')
    if (key === 'level')
      field.shown = value => value.startsWith('>=') ? t('observe.orWorse', { level: value.slice(2) }) : value
    if (key === 'device')
      field.suggest = findDevices
    if (key === 'code')
      field.suggest = suggestCodes(sources)
    if (key === 'topic')
      field.suggest = containing(topicOptions)
    if (key === 'last')
      field.suggest = containing(spans.map(value => ({ value, label: value })))
    if (key === 'lag')
      field.suggest = containing(lags.map(value => ({ value, label: value })))
    if (key === 'product') {
      field.suggest = part => containing(products().map(({ productKey, name }) => ({ value: productKey, label: name })))(part)
      field.shown = value => products().find(({ productKey }) => productKey === value)?.name
    }
    return field
  })
}

/** Names that the address of a page has for something else. */
const addressKeys: Partial<Record<FilterList, Record<string, string>>> = { trace: { message: 'messageId' } }

export function addressKey(list: FilterList, key: string): string {
  return addressKeys[list]?.[key] ?? key
}
