import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { behaviourSchema } from '../../../../src/shared/contract/behaviour.ts'
import { misbehaviourKinds } from '../../../../src/shared/contract/fleet-misbehaviour.ts'
import { weatherNames } from '../../../../src/shared/contract/fleet-network.ts'
import { readScenario } from '../../../../src/shared/scenario/read-scenario.ts'

const good = `# Lamps of a street
scenario: Street lamps
seed: 7
duration: 2min
products:
  lamp: { model: street-lamp }
groups:
  north:
    product: lamp
    count: 100 # all of them
    every: 5s
    behaviours:
      power: { kind: sine, min: 0, max: 90, periodSec: 60 }
timeline:
  - { at: 30s, fail: north, share: 5%, for: 20s }
  - at: 60s
    update: north
    version: "2.1"
    policy: { rate: { kind: constant, perMinute: 600 } }
expect:
  - p99 reply < 200 ms
  - { that: all on 2.1, of: north, by: 1.5min }
`

/** The problems of a text, as `line:column path: message`. */
function problemsOf(text: string): string[] {
  return readScenario(text).problems.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`)
}

function withLine(from: string, to: string): string {
  expect(good).toContain(from)
  return good.replace(from, to)
}

describe('a good file', () => {
  it('is read with its durations in milliseconds, its shares as parts of one and what is left out filled in', () => {
    const { scenario, problems } = readScenario(good)
    expect(problems).toEqual([])
    expect(scenario).toMatchObject({
      title: 'Street lamps',
      about: '',
      seed: 7,
      durationMs: 120_000,
      products: { lamp: { model: 'street-lamp', node: 'device' } },
      groups: { north: { count: 100, every: 5_000, qos: 1, connectPerSec: 1_000, behaviours: { power: { kind: 'sine', noise: 0 } } } },
      timeline: [{ at: 30_000, fail: 'north', share: 0.05, for: 20_000 }, { at: 60_000, update: 'north', module: 'default', version: '2.1', size: 65_536 }],
    })
    expect(scenario?.expect.map(({ text, byMs, group }) => ({ text, byMs, group }))).toEqual([
      { text: 'p99 reply < 200 ms', byMs: null, group: null },
      { text: 'all on 2.1 of north by 1.5min', byMs: 90_000, group: 'north' },
    ])
  })

  it('may have anchors and merge keys', () => {
    expect(problemsOf(withLine('  north:', '  south: &lamps { product: lamp, count: 3 }\n  east: { <<: *lamps, count: 4 }\n  north:'))).toEqual([])
  })
})

/** Every kind of behaviour, as a sentence names them. */
const kinds = behaviourSchema.options.map(option => `"${option.shape.kind.value}"`).join(' or ')

const weather = weatherNames.map(name => `"${name}"`).join(' or ')
const misdeeds = misbehaviourKinds.map(kind => `"${kind}"`).join(' or ')

describe('a file with problems', () => {
  it('names all of them at once, in the order of the file', () => {
    const text = good.replace('seed: 7', 'seed: x').replace('model:', 'modle:').replace('count: 100', 'count: many').replace('share: 5%', 'share: 5')
    expect(problemsOf(text)).toEqual([
      '3:7 seed: expected a number, got "x"',
      '6:3 products.lamp.model: "model" is missing: expected the path of a thing model file, or the name of a shipped sample',
      '6:11 products.lamp.modle: unknown key "modle"; did you mean "model"?',
      '10:12 groups.north.count: expected a number, got "many"',
      '15:36 timeline[0].share: expected a share such as 5% or 0.5%, got 5',
    ])
  })

  it.each([
    ['a key that means nothing, with the one that was meant', 'every: 5s', 'evry: 5s', '11:5 groups.north.evry: unknown key "evry"; did you mean "every"?'],
    ['a key far from any, with those there are', 'seed: 7', 'colour: 7', '3:1 colour: unknown key "colour"; there are scenario, about, seed, duration, platform, products, groups, timeline, expect'],
    ['a word among the fleet\'s own', 'kind: sine', 'kind: sin', `13:22 groups.north.behaviours.power.kind: expected ${kinds}, got "sin"; did you mean "sine"?`],
    ['a number without its unit', 'every: 5s', 'every: 5', '11:12 groups.north.every: expected a duration such as 500ms, 30s, 5min or 2h, got 5'],
    ['a duration beyond its bounds', 'duration: 2min', 'duration: 30d', '4:11 duration: expected a duration from 100ms to 7d, got "30d"'],
    ['a product that is not there', 'product: lamp', 'product: lmap', '9:14 groups.north.product: there is no product "lmap"; did you mean "lamp"?'],
    ['a group that is not there', 'fail: north', 'fail: nroth', '15:22 timeline[0].fail: there is no group "nroth"; did you mean "north"?'],
    ['an action that is none', 'fail: north', 'fial: north', '15:5 timeline[0]: expected one of start, stop, fail, powerOff, powerOn, reboot, weather, misbehave, set, setProperties, invoke, pushConfig, update, fault, clearFaults, note; did you mean "fail"?'],
    ['a network that has another name', '    every: 5s', '    every: 5s\n    network: edge-2h', `12:14 groups.north.network: expected ${weather} or keys with values, got "edge-2h"; did you mean "edge-2g"?`],
    ['a number of a network', '    every: 5s', '    every: 5s\n    network: { weather: lift, devicesPercent: 300 }', '12:47 groups.north.network.devicesPercent: expected at most 100, got 300'],
    ['a key of a network', '    every: 5s', '    every: 5s\n    network: { wether: lift }', '12:16 groups.north.network.wether: unknown key "wether"; did you mean "weather"?'],
    ['a misdeed that there is not', 'fail: north, share: 5%, for: 20s', 'misbehave: north, kind: malformedJason', `15:40 timeline[0].kind: expected ${misdeeds}, got "malformedJason"; did you mean "malformedJson"?`],
    ['a broker of somebody else', 'seed: 7', 'platform: mqtt.example.org', '3:11 platform: expected local, the platform on this machine: a run judges what the platform answers, and a file of it never sends devices anywhere else, got "mqtt.example.org"'],
    ['two actions in one item', 'fail: north', 'fail: north, stop: north', '15:5 timeline[0]: expected one action, got stop and fail; write them as two items of the list'],
    ['a time after the end', 'at: 30s', 'at: 3min', '15:11 timeline[0].at: expected a time within the run, which lasts 2min, got 3min'],
    ['a version that YAML takes for a number', 'version: "2.1"', 'version: 2.10', '18:14 timeline[1].version: expected a version of 1 to 64 letters, digits, dots, hyphens or underscores, in quotes where it looks like a number, got 2.1'],
    ['the word of an expectation', 'p99 reply', 'p99 rply', '21:9 expect[0]: expected reply, puback, lateness after "p99", got "rply"'],
    ['an expectation of a group that is not there', 'of: north', 'of: south', '22:5 expect[1]: there is no group "south"; there are north'],
    ['a name with a blank', '  north:', '  "no rth":', '8:3 groups.no rth: expected a name of 1 to 24 letters, digits, hyphens or underscores, got "no rth"'],
    ['a list where keys belong', 'products:\n  lamp: { model: street-lamp }', 'products: [1]', '5:11 products: expected keys with values, got [1]'],
    ['YAML that is none', 'seed: 7', 'seed: [7', '4:1 : Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['a key that stands twice', 'seed: 7', 'seed: 7\nseed: 8', '4:1 : Map keys must be unique'],
  ])('says where it is: %s', (_, from, to, expected) => {
    expect(problemsOf(withLine(from, to))).toContain(expected)
  })

  it.each(['', '# nothing', '12', '- a', 'null', '"text"'])('is refused as a whole when it holds no keys: %s', (text) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(/^\d+:\d+ : expected keys with values, such as "scenario: Street lamps", got /)])
  })

  it('is refused when it is too long, too deep, or unfolds without end', () => {
    expect(problemsOf(' '.repeat(2_000_000))[0]).toContain('expected at most 1048576 characters')
    expect(problemsOf('['.repeat(200_000))).not.toEqual([])
    const bomb = Array.from({ length: 12 }, (_, index) => `a${index}: &a${index} [${Array.from({ length: 9 }).fill(index === 0 ? '1' : `*a${index - 1}`).join(',')}]`).join('\n')
    expect(problemsOf(bomb)).not.toEqual([])
  })

  it('tells two groups of a product from each other, whose devices would have the same names', () => {
    expect(problemsOf(withLine('  north:', '  south: { product: lamp, count: 3, prefix: north }\n  north:'))).toEqual(['9:3 groups.north.prefix: expected another prefix than that of "south", which has devices of the same product'])
  })

  it('holds sub-devices to gateways that bring them', () => {
    const text = withLine('    every: 5s', '    every: 5s\n    subDevices: { product: lamp, perGateway: 2 }')
    expect(problemsOf(text)).toEqual([
      '9:14 groups.north.product: expected a product with "node: gateway" for devices that bring sub-devices, got "lamp"',
      '12:28 groups.north.subDevices.product: expected a product with "node: sub-device", got "lamp"',
    ])
  })

  it('has a share of a fault only where there is a group, and either a group or a product', () => {
    expect(problemsOf(withLine('expect:', '  - { at: 1s, fault: { kind: delay }, share: 5% }\n  - { at: 1s, fault: { kind: delay }, product: lamp, group: north }\nexpect:'))).toEqual([
      '20:39 timeline[2].share: expected a group of which this is a share',
      '21:54 timeline[3].group: expected a product or a group, got both',
    ])
  })
})

describe('any text', () => {
  const words = good.split(/(?<=[\s,:{}])/)

  it('is read without an error being thrown, and its problems have places', () => {
    fc.assert(fc.property(fc.string({ maxLength: 400 }), text => hasPlaces(text)), { numRuns: 40 })
  })

  it('made of the words of a good file is read without an error being thrown', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...words, '*a', '&a ', '<<: ', '- ', '[', ']', '!!set ', '|\n', '? ', '"'), { maxLength: 60 }), parts => hasPlaces(parts.join(''))), { numRuns: 40 })
  })

  it('that differs from a good file in one place is read without an error being thrown', () => {
    fc.assert(fc.property(fc.nat(good.length - 1), fc.nat(12), fc.string({ maxLength: 6 }), (from, length, put) => hasPlaces(good.slice(0, from) + put + good.slice(from + length))), { numRuns: 40 })
  })

  function hasPlaces(text: string): void {
    const { scenario, problems } = readScenario(text)
    expect(scenario === null).toBe(problems.length > 0)
    for (const { line, column, endLine, endColumn, message } of problems) {
      expect(Math.min(line, column, endLine, endColumn)).toBeGreaterThanOrEqual(1)
      expect(message).not.toBe('')
    }
  }
})
