import { describe, expect, it } from 'vitest'
import { methodTable, streamTable } from '../../src/shared/contract/contract.ts'
import { settings } from '../../src/shared/contract/settings.ts'
import { projectSources } from './source.ts'

const described: [string, { about: string }][] = [
  ...Object.entries(methodTable),
  ...Object.entries(streamTable),
  ...Object.entries(settings),
]

/** What is missing for somebody who reads only the generated table. */
function undescribed(entries: [string, { about: string }][]): string[] {
  return entries.filter(([, { about }]) => !/^[A-Z].{8,}\.$/s.test(about)).map(([name]) => name)
}

describe('the contract', () => {
  it('notices an entry without a sentence about it', () => {
    expect(undescribed([
      [
        'a.b',
        { about: '' },
      ],
      [
        'c.d',
        { about: 'Todo.' },
      ],
      [
        'e.f',
        { about: 'All devices of a product.' },
      ],
    ])).toEqual(['a.b', 'c.d'])
  })

  it('says in a sentence what each method, stream and setting is for', () => {
    expect(undescribed(described)).toEqual([])
  })

  it('names methods noun.verb, and settings area.name', () => {
    expect(described.map(([name]) => name).filter(name => !/^[a-z][a-zA-Z]*\.[a-z][a-zA-Z]*$/.test(name))).toEqual([])
  })

  it('gives no method and stream the same name', () => {
    expect(Object.keys(methodTable).filter(name => name in streamTable)).toEqual([])
  })

  it('accepts the initial value of each setting', () => {
    const refused = Object.entries(settings).filter(([, { schema, initial }]) => !schema.safeParse(initial).success)
    expect(refused.map(([name]) => name)).toEqual([])
  })

  it('has every method and stream called by a test', () => {
    const tests = projectSources('test').filter(source => /^test\/(?:unit|contract|integration|e2e)\//.test(source.path)).map(source => source.text).join('\n')
    const uncalled = [
      ...Object.keys(methodTable),
      ...Object.keys(streamTable),
    ].filter(name => !tests.includes(`'${name}'`))
    expect(uncalled).toEqual([])
  })
})
