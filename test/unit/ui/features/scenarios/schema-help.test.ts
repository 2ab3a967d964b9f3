import type { Schema } from '../../../../../src/ui/features/scenarios/schema-help.ts'
import { describe, expect, it } from 'vitest'
import { publishedScenarioSchema } from '../../../../../src/shared/scenario/published-schema.ts'
import { schemaHelp } from '../../../../../src/ui/features/scenarios/schema-help.ts'

const help = schemaHelp(JSON.parse(publishedScenarioSchema()) as Schema)
const text = `scenario: Lamps
duration: 2min
products:
  lamp: { model: street-lamp }
groups:
  north:
    product: lamp
    count: 3
    conversation:
      replies:
        delayMs: 3
  south: { product: lamp, count: 4 }
timeline:
  - { at: 1s, fail: north, share: 5% }
  - at: 2s
    weather: north
    profile: lift
`

/** What is offered where `|` stands in a text that ends there. */
function offered(end: string, rest = ''): string[] {
  const lines = `${text}${end}`.split('\n')
  return help.suggest([...lines, ...rest.split('\n')], lines.length - 1, lines.at(-1)!.length)?.words.map(({ label }) => label) ?? []
}
function explained(needle: string): string | undefined {
  const lines = text.split('\n')
  const line = lines.findIndex(one => one.includes(needle))
  return help.explain(lines, line, lines[line]!.indexOf(needle))?.text
}

describe('help with a scenario', () => {
  it('offers the keys of the place, without those that are there', () => {
    expect(offered('ex')).toContain('expect')
    expect(offered('')).not.toContain('duration')
    expect(offered('groups:\n  west:\n    ')).toEqual(expect.arrayContaining(['product', 'network', 'misbehaviour']))
    expect(offered('groups:\n  west:\n    count: 3\n    ')).not.toContain('count')
    expect(offered('groups:\n  west: { count: 3, ')).toContain('network')
    expect(offered('groups:\n  west: { conversation: { ')).toContain('replies')
    expect(offered('groups:\n  west:\n    updates:\n      ')).toContain('version')
    expect(offered('groups:\n  west:\n    misbehaviour:\n      - { ')).toEqual(['kind', 'devicesPercent', 'perHour', 'seconds', 'messages'])
  })

  it('offers in the timeline what goes with the word that is there', () => {
    expect(offered('  - ')).toEqual(expect.arrayContaining(['at', 'fail', 'misbehave']))
    expect(offered('  - { at: 1s, weather: north, ')).toEqual(['share', 'profile', 'for'])
    expect(offered('  - at: 1s\n    misbehave: north\n    ')).toEqual(['share', 'kind', 'times'])
  })

  it('offers values that there are, and names of groups and products', () => {
    expect(offered('  - { at: 1s, weather: north, profile: ')).toContain('edge-2g')
    expect(offered('  - at: 1s\n    misbehave: north\n    kind: ')).toContain('malformedJson')
    expect(offered('  - { at: 1s, fail: ')).toEqual(['north', 'south'])
    expect(offered('groups:\n  west:\n    product: l')).toEqual(['lamp'])
    expect(offered('groups:\n  west:\n    network: ')).toContain('flapping-wifi')
    expect(offered('# gro')).toEqual([])
    expect(offered('expect: [ "all on')).toEqual([])
  })

  it('explains keys, also within braces', () => {
    expect(explained('duration')).toContain('How long it runs')
    expect(explained('count: 3')).toContain('How many devices')
    expect(explained('profile')).toContain('Which one')
    expect(explained('share')).toContain('which ones follows from the seed')
    expect(explained('Lamps')).toBeUndefined()
  })
})
