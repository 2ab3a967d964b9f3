import type { JsonObject, JsonValue } from '../../../../src/shared/json.ts'
import type { CompiledModel } from '../../../../src/shared/thing-model/compile.ts'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileThingModel } from '../../../../src/shared/thing-model/compile.ts'
import { parseThingModel } from '../../../../src/shared/thing-model/parse.ts'
import { validateEvent, validatePropertySet, validateReport, validateServiceInput, validateServiceOutput } from '../../../../src/shared/thing-model/validate.ts'
import { arbitraryModel } from './arbitrary-model.ts'

const receivedAt = 1_735_689_600_000

function fixture(name: string): CompiledModel['model'] {
  return parseThingModel(readFileSync(new URL(`../../../fixtures/thing-models/${name}.tsl.json`, import.meta.url), 'utf8')).model!
}

const pump = compileThingModel(fixture('pump-station'), [fixture('pump-station.motor')])

function report(params: JsonObject, level?: 'weak' | 'strict'): ReturnType<typeof validateReport> {
  return validateReport(pump, params, receivedAt, level)
}

/** Code, path, rule, expected and got of the only issue. */
function issueOf(params: JsonObject, level?: 'weak' | 'strict'): unknown[] {
  const { issues } = report(params, level)
  expect(issues).toHaveLength(1)
  const [{ code, path, rule, expected, got }] = issues as [typeof issues[0] & object]
  return [code, path, rule, expected, got]
}

describe('validateReport', () => {
  it.each<[string, JsonValue]>([
    ['PumpSwitch', 0],
    ['PumpSwitch', 1],
    ['Pressure', 0],
    ['Pressure', 2.5],
    ['Flow', -100],
    ['RunMode', -1],
    ['StartCount', 2147483647],
    ['StartCount', 5.0],
    ['Label', ''],
    ['Label', '十二字节'],
    ['ServicedAt', '1735689600000'],
    ['Position', { Latitude: 31.2, Longitude: 121.5 }],
    ['Position', { Latitude: 31.2 }],
    ['Vibration', []],
    ['Vibration', [0.1, -2, 3e20]],
    ['Alarms', [{ Level: 1, Limit: 2.5 }, { Level: 3 }]],
    ['Volume', 42],
    ['Volume', '9223372036854775807'],
    ['motor:Speed', 1500],
  ])('accepts %s %j', (identifier, value) => {
    expect(report({ [identifier]: value })).toMatchObject({ accepted: [{ identifier, value, at: receivedAt }], issues: [], notices: [] })
  })

  it.each<[string, JsonValue, unknown[]]>([
    ['PumpSwitch', true, [6308, 'PumpSwitch', 'type', 'bool', 'true']],
    ['PumpSwitch', 2, [6308, 'PumpSwitch', 'type', 'bool', '2']],
    ['PumpSwitch', '1', [6308, 'PumpSwitch', 'type', 'bool', '"1"']],
    ['StartCount', 'five', [6306, 'StartCount', 'type', 'int', '"five"']],
    ['StartCount', 1.5, [6306, 'StartCount', 'type', 'int', '1.5']],
    ['StartCount', -1, [6306, 'StartCount', 'minimum', '0', '-1']],
    ['StartCount', 2147483648, [6306, 'StartCount', 'maximum', '2147483647', '2147483648']],
    ['StartCount', null, [6306, 'StartCount', 'type', 'int', 'null']],
    ['Pressure', 2.51, [6307, 'Pressure', 'maximum', '2.5 MPa', '2.51']],
    ['Pressure', '1.0', [6307, 'Pressure', 'type', 'float', '"1.0"']],
    ['Flow', -100.001, [6322, 'Flow', 'minimum', '-100 m³/h', '-100.001']],
    ['Flow', false, [6322, 'Flow', 'type', 'double', 'false']],
    ['RunMode', 3, [6309, 'RunMode', 'choice', '-1 (检修), 0 (手动), 1 (自动), 2 (远程)', '3']],
    ['RunMode', '1', [6309, 'RunMode', 'choice', '-1 (检修), 0 (手动), 1 (自动), 2 (远程)', '"1"']],
    ['Label', '十二个字节多', [6310, 'Label', 'length', '12', '18']],
    ['Label', 12, [6310, 'Label', 'type', 'text', '12']],
    ['ServicedAt', 1735689600000, [6311, 'ServicedAt', 'type', 'date', '1735689600000']],
    ['ServicedAt', '2025-01-01', [6311, 'ServicedAt', 'type', 'date', '"2025-01-01"']],
    ['ServicedAt', '', [6311, 'ServicedAt', 'type', 'date', '""']],
    ['Position', 5, [6312, 'Position', 'type', 'struct', '5']],
    ['Position', [1], [6312, 'Position', 'type', 'struct', '[1]']],
    ['Position', { Latitude: 95 }, [6322, 'Position.Latitude', 'maximum', '90', '95']],
    ['Position', { Height: 4 }, [6304, 'Position.Height', 'unknown-member', '', '4']],
    ['Vibration', 3, [6328, 'Vibration', 'type', 'array', '3']],
    ['Vibration', Array.from<number>({ length: 17 }).fill(0), [6324, 'Vibration', 'size', '16', '17']],
    ['Vibration', [1, 'x'], [6324, 'Vibration[1]', 'type', 'float', '"x"']],
    ['Vibration', [1e39], [6324, 'Vibration[0]', 'maximum', '3.4028234663852886e+38', '1e+39']],
    ['Alarms', [{ Level: 1 }, { Level: 4 }], [6324, 'Alarms[1].Level', 'maximum', '3', '4']],
    ['Volume', 1.5, [6330, 'Volume', 'type', 'long', '1.5']],
    ['Volume', '9223372036854775808', [6330, 'Volume', 'maximum', '9223372036854775807', '"9223372036854775808"']],
    ['Volume', -1, [6330, 'Volume', 'minimum', '0', '-1']],
    ['Volume', 'abc', [6330, 'Volume', 'type', 'long', '"abc"']],
    ['Pressur', 1, [6320, 'Pressur', 'unknown-property', 'Pressure', '1']],
    ['Nothing', { a: 1 }, [6320, 'Nothing', 'unknown-property', '', '{"a":1}']],
    ['toString', 1, [6320, 'toString', 'unknown-property', '', '1']],
    ['__proto__', 1, [6320, '__proto__', 'unknown-property', '', '1']],
    ['motor:Torque', 1, [5092, 'motor:Torque', 'unknown-property', '', '1']],
    ['fan:Speed', 1, [5490, 'fan:Speed', 'unknown-module', '', '1']],
    ['motor:Speed', 4000, [6306, 'motor:Speed', 'maximum', '3000 r/min', '4000']],
  ])('drops %s %j', (identifier, value, issue) => {
    const params = JSON.parse(`{${JSON.stringify(identifier)}:${JSON.stringify(value)}}`) as JsonObject
    expect(issueOf(params)).toEqual(issue)
    expect(report(params).accepted).toEqual([])
  })

  it('keeps the good properties beside the bad ones, in the order of the message', () => {
    const { accepted, issues } = report({ Pressure: 9, PumpSwitch: 1, Foo: 2, Flow: 3.5 })
    expect(accepted.map(({ identifier }) => identifier)).toEqual(['PumpSwitch', 'Flow'])
    expect(issues.map(({ code }) => code)).toEqual([6307, 6320])
  })

  it('takes the time of a wrapped value and the time of arrival of a bare one', () => {
    const { accepted } = report({ Pressure: { value: 1.5, time: 1_735_689_500_123 }, PumpSwitch: 1, Flow: { value: 2 } })
    expect(accepted).toEqual([
      { identifier: 'Pressure', value: 1.5, at: 1_735_689_500_123 },
      { identifier: 'PumpSwitch', value: 1, at: receivedAt },
      { identifier: 'Flow', value: 2, at: receivedAt },
    ])
  })

  it.each<JsonValue>([0, 1_735_689_600, '1735689600000', 1_735_689_500_000.5, receivedAt + 24 * 3600_000 + 1, null, {}])('uses the time of arrival for the time %j and says so', (time) => {
    const { accepted, notices, issues } = report({ Pressure: { value: 1, time } })
    expect(accepted).toEqual([{ identifier: 'Pressure', value: 1, at: receivedAt }])
    expect(notices).toMatchObject([{ path: 'Pressure.time', rule: 'time-ignored' }])
    expect(issues).toEqual([])
  })

  it('accepts a time up to a day ahead', () => {
    expect(report({ Pressure: { value: 1, time: receivedAt + 24 * 3600_000 } }).accepted[0]?.at).toBe(receivedAt + 24 * 3600_000)
  })

  it('takes an object with a member "value" for the wrapper and any other for a struct', () => {
    expect(report({ Position: { value: { Latitude: 1, Longitude: 2 }, time: receivedAt } }).accepted).toEqual([
      { identifier: 'Position', value: { Latitude: 1, Longitude: 2 }, at: receivedAt },
    ])
    expect(issueOf({ Pressure: { reading: 1 } })).toEqual([6307, 'Pressure', 'type', 'float', '{"reading":1}'])
  })

  it('asks for every member of a struct only under strict checking', () => {
    expect(report({ Position: { Latitude: 1 } }).issues).toEqual([])
    expect(issueOf({ Position: { Latitude: 1 } }, 'strict')).toEqual([6312, 'Position.Longitude', 'missing-member', '', ''])
    expect(issueOf({ Alarms: [{ Level: 1 }] }, 'strict')).toEqual([6324, 'Alarms[0].Limit', 'missing-member', '', ''])
  })

  it('gives samples for numbers, bool, enum and long, and for nothing else', () => {
    const { samples } = report({ PumpSwitch: 1, Pressure: { value: 1.5, time: 1_735_689_500_000 }, RunMode: 2, Volume: '42', Label: 'x', ServicedAt: '1', Position: {}, Vibration: [1] })
    expect(samples).toEqual([
      { property: 'PumpSwitch', at: receivedAt, value: 1 },
      { property: 'Pressure', at: 1_735_689_500_000, value: 1.5 },
      { property: 'RunMode', at: receivedAt, value: 2 },
      { property: 'Volume', at: receivedAt, value: 42 },
    ])
  })

  it('accepts any whole number for an enum whose values are not known', () => {
    const model = compileThingModel(parseThingModel({ properties: [{ identifier: 'E', dataType: { type: 'enum' } }] }).model!)
    expect(validateReport(model, { E: 77 }, receivedAt).issues).toEqual([])
    expect(validateReport(model, { E: 0.5 }, receivedAt).issues).toMatchObject([{ code: 6309 }])
  })

  it('counts issues beyond a hundred instead of keeping them', () => {
    const unknown = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`x${index}`, 1]))
    const verdict = report({ ...unknown, Pressure: 99 })
    expect(verdict.issues).toHaveLength(100)
    expect(verdict.moreIssues).toBe(51)
  })

  it('names at most a hundred unknown members of one struct', () => {
    const value = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`x${index}`, 1]))
    expect(report({ Position: value }).issues).toHaveLength(100)
  })

  it('cuts what it quotes to a readable length', () => {
    const { issues: [deep] } = report({ Pressure: [[[[1]]], { a: { b: { c: 1 } } }, 3, 4, 5, 6] })
    expect(deep?.got).toBe('[[[…]],{"a":{…}},3,4,…]')
    const { issues: [long] } = report({ Pressure: 'y'.repeat(300) })
    expect(long?.got).toBe(`"${'y'.repeat(60)}…"`)
    const { issues: [name] } = report({ ['n'.repeat(300)]: 1 })
    expect(name?.path).toBe(`${'n'.repeat(100)}…`)
  })

  it('judges every property of any report exactly once, for any model', () => {
    fc.assert(fc.property(arbitraryModel, fc.dictionary(fc.string(), fc.jsonValue()), fc.infiniteStream(fc.jsonValue()), (model, others, values) => {
      const compiled = compileThingModel(model)
      const params = JSON.parse(JSON.stringify(Object.fromEntries([
        ...Object.entries(others),
        ...Array.from(compiled.properties.keys()).map(key => [key, values.next().value]),
      ]))) as JsonObject
      const { accepted, issues, moreIssues } = validateReport(compiled, params, receivedAt)
      fc.pre(moreIssues === 0)
      for (const key of Object.keys(params)) {
        const isAccepted = accepted.some(({ identifier }) => identifier === key)
        const isRefused = issues.some(({ path }) => path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[`))
        expect([key, isAccepted !== isRefused, isAccepted && !compiled.properties.has(key)]).toEqual([key, true, false])
      }
    }), { numRuns: 200 })
  })
})

describe('validatePropertySet', () => {
  it('accepts fitting values of writable properties', () => {
    expect(validatePropertySet(pump, { PumpSwitch: 1, Label: 'a' })).toEqual([])
  })

  it('refuses unknown, read-only, wrong and incomplete values', () => {
    const issues = validatePropertySet(pump, { Foo: 1, Pressure: 1, RunMode: 9, Alarms: [{ Level: 1 }] })
    expect(issues.map(({ code, path, rule }) => [code, path, rule])).toEqual([
      [5092, 'Foo', 'unknown-property'],
      [6332, 'Pressure', 'read-only'],
      [6309, 'RunMode', 'choice'],
      [6324, 'Alarms[0].Limit', 'missing-member'],
    ])
  })
})

describe('validateEvent', () => {
  it('accepts an event with all, some or none of its parameters', () => {
    expect(validateEvent(pump, 'DryRun', { Seconds: 5 })).toEqual([])
    expect(validateEvent(pump, 'DryRun', {})).toEqual([])
    expect(validateEvent(pump, 'motor:Stall', {})).toEqual([])
  })

  it('names unknown events, modules, parameters and wrong values', () => {
    expect(validateEvent(pump, 'Stall', {})).toMatchObject([{ code: 5096, rule: 'unknown-event' }])
    expect(validateEvent(pump, 'fan:Stall', {})).toMatchObject([{ code: 5490, rule: 'unknown-module' }])
    expect(validateEvent(pump, 'DryRun', { Seconds: -1, Foo: 1 })).toMatchObject([
      { code: 6306, path: 'Seconds', rule: 'minimum' },
      { code: 5096, path: 'Foo', rule: 'unknown-parameter' },
    ])
    expect(validateEvent(pump, 'DryRun', {}, 'strict')).toMatchObject([{ code: 6302, path: 'Seconds', rule: 'missing-parameter' }])
  })
})

describe('validateServiceInput and validateServiceOutput', () => {
  it('asks for every input and lets outputs be missing', () => {
    expect(validateServiceInput(pump, 'Flush', { Seconds: 5 })).toEqual([])
    expect(validateServiceInput(pump, 'Flush', {})).toMatchObject([{ code: 6302, path: 'Seconds' }])
    expect(validateServiceOutput(pump, 'Flush', {})).toEqual([])
  })

  it('names unknown services, modules, parameters and wrong values', () => {
    expect(validateServiceInput(pump, 'Brake', {})).toMatchObject([{ code: 5094, rule: 'unknown-service' }])
    expect(validateServiceInput(pump, 'motor:Brake', { Force: 1 })).toMatchObject([{ code: 5094, path: 'Force', rule: 'unknown-parameter' }])
    expect(validateServiceOutput(pump, 'fan:Brake', {})).toMatchObject([{ code: 5490 }])
    expect(validateServiceOutput(pump, 'Flush', { Done: 'yes' })).toMatchObject([{ code: 6308, path: 'Done' }])
  })
})
