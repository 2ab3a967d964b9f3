import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { settings } from '../../../../src/shared/contract/settings.ts'
import { messageParts, messages } from '../../../../src/ui/app/all-messages.ts'
import { createWords } from '../../../../src/ui/app/i18n.ts'

interface Tree { [key: string]: Tree | string }
const uiDir = join(import.meta.dirname, '../../../../src/ui')

/** Every text of a language by its key. */
function textsOf(tree: Tree, path = ''): Map<string, string> {
  return new Map(Object.entries(tree).flatMap(([key, value]) => typeof value === 'string' ? [[`${path}${key}`, value] as const] : [...textsOf(value, `${path}${key}.`)]))
}
const en = textsOf(messages.en as unknown as Tree)
const zh = textsOf(messages.zh as unknown as Tree)

describe('the words of the page', () => {
  it('have the same keys in both languages, and no part overwrites another', () => {
    expect([...zh.keys()].sort()).toEqual([...en.keys()].sort())
    const roots = messageParts.flatMap(part => Object.keys(part.en))
    expect(roots).toHaveLength(new Set(roots).size)
  })

  it('name the same placeholders in both languages', () => {
    const placeholders = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(match => match[1]))].sort().join(' ')
    const different = [...en].filter(([key, text]) => placeholders(text) !== placeholders(zh.get(key) ?? '')).map(([key]) => key)
    // In Chinese one made device needs no sentence of its own.
    expect(different).toEqual(['devices.create.done'])
  })

  it('are all written: none is empty, and Chinese is not English', () => {
    const chinese = /[\u4E00-\u9FFF]/
    const same = [...zh].filter(([, text]) => text === '' || (!chinese.test(text) && /[a-z]{3}/i.test(text.replace(/\{\w+\}|QoS/g, '')))).map(([key]) => key)
    // Names that stay as the cloud's console and the protocols write them.
    const names = /^(?:app\.top\.languageChoice\.en|word\.topic|log\.columns\.topic|detail\.copyTopic|certificate\.|device\.(?:iotId|clientId|protocols\.|transport\.)|settings\.(?:facts\.(?:node|sqlite)|unit\.bytes)|trace\.fields\.topic|products\.(?:columns\.key|create\.key|page\.(?:key|secret))|fleet\.(?:p95|p99|transport\.tcp|steer\.queryHint))/
    expect(same.filter(key => !names.test(key))).toEqual([])
  })

  it('all compile without eval, with every sign they contain', () => {
    const words = createWords('en')
    const t = (words.global as { t: unknown }).t as (key: string, named?: object, plural?: number) => string
    for (const language of ['en', 'zh'] as const) {
      words.global.locale.value = language
      for (const key of en.keys()) {
        if (!key.startsWith('settings.names.'))
          expect(((words.global as { t: unknown }).t as (key: string, named: object, plural: number) => string)(key, { count: 1 }, 1), key).not.toBe('')
      }
    }
    words.global.locale.value = 'en'
    expect(t('devices.create.nameRule')).toContain('@')
    expect(t('settings.names[\'limits.applyCloud\'].title')).toBe('Apply the cloud’s limits')
  })

  it('name every setting', () => {
    const { names } = (messages.en as unknown as { settings: { names: Tree } }).settings
    expect(Object.keys(names).sort()).toEqual(Object.keys(settings).sort())
  })
})

describe('keys', () => {
  const sources = globSync('**/*.{vue,ts}', { cwd: uiDir }).map(path => readFileSync(join(uiDir, path), 'utf8'))
  const used = sources.flatMap(text => [...text.matchAll(/\bt\(\s*'([\w.-]+)'/g), ...text.matchAll(/\?\s*'([a-z]\w*(?:\.\w+)+)'\s*:\s*'([a-z]\w*(?:\.\w+)+)'/g)].flatMap(match => match.slice(1)).filter(key => key?.includes('.')))

  it('that the page asks for are there', () => {
    expect(used.length).toBeGreaterThan(200)
    expect(used.filter(key => key !== undefined && !en.has(key))).toEqual([])
  })

  it('that are made from a value have a word for it', () => {
    const made = sources.flatMap(text => [...text.matchAll(/\bt\(`([\w.]+)\.\$\{/g)].map(match => match[1]!))
    const trees = new Set([...en.keys()].flatMap(key => key.split('.').map((_part, at, all) => all.slice(0, at + 1).join('.'))))
    expect(made.length).toBeGreaterThan(10)
    expect(made.filter(path => !trees.has(path))).toEqual([])
  })
})
