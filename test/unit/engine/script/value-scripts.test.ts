import type { ValueAnswer, ValueScripts } from '../../../../src/engine/script/types.ts'
import { expect, it } from 'vitest'
import { openValueScripts } from '../../../../src/engine/script/open-value-scripts.ts'
import { valueScriptLimits } from '../../../../src/shared/behaviour/value-script-limits.ts'

const open = (): Promise<ValueScripts> => openValueScripts(() => 0)
const about = JSON.stringify({ t: 2, previous: null, properties: { other: 3 }, device: 'sim-0001' })

function run(scripts: ValueScripts, text: string, state = '{}'): ValueAnswer {
  return scripts.compile(text).call({ about, state, random: () => 0.25 })
}
async function ofOne(text: string): Promise<ValueAnswer> {
  return run(await open(), text)
}

it('gives JSON from what it is told, and what it writes to its state', async () => {
  const scripts = await open()
  const text = 'function value({ t, previous, properties, device, random, state }) {\n  state.runs = (state.runs ?? 0) + 1\n  return { t, previous, other: properties.other, device, drawn: random(), text: "a\\nb" }\n}'
  expect(run(scripts, text)).toEqual({ kind: 'value', value: '{"t":2,"previous":null,"other":3,"device":"sim-0001","drawn":0.25,"text":"a\\nb"}', state: '{"runs":1}' })
  expect(run(scripts, text, '{"runs":4}')).toMatchObject({ state: '{"runs":5}' })
})

it('takes null and nothing as no value', async () => {
  const scripts = await open()
  expect(run(scripts, 'const value = () => null')).toEqual({ kind: 'nothing', state: '{}' })
  expect(run(scripts, 'const value = ({ state }) => { state.a = 1 }')).toEqual({ kind: 'nothing', state: '{"a":1}' })
})

it('says what does not compile, with its line, and what defines no value', async () => {
  const scripts = await open()
  expect(scripts.compile('function value() {\n  return (1\n}').problem).toEqual({ problem: expect.stringContaining('SyntaxError'), line: 3 })
  expect(scripts.compile('const other = 1').problem).toEqual({ problem: 'it has to define the function value', line: undefined })
  expect(scripts.compile('for (;;) {}\nconst value = () => 1').problem).toEqual({ problem: expect.stringContaining('endless loop'), line: undefined })
  expect(scripts.compile('const value = () =>\n  2n ** 100000n').problem).toEqual({ problem: 'BigInt is taken away, so 2n has to be a plain number', line: 2 })
  expect(scripts.compile('const value = () => 1').problem).toBeNull()
  expect(run(scripts, 'const other = 1')).toMatchObject({ kind: 'failed' })
})

it.each([
  ['function value() {\n  return Date.now()\n}', 2, 'TypeError: Date is taken away, so that a run can be repeated: t is the seconds of the device'],
  ['const value = () =>\n\n  new Date()', 3, 'TypeError: Date is taken away, so that a run can be repeated: t is the seconds of the device'],
  ['const value = () => Math.random()', 1, 'TypeError: Math.random is taken away, so that a run can be repeated: use random()'],
  ['const value = () => {\n  throw new Error("no water")\n}', 2, 'Error: no water'],
  ['const value = ({ properties }) => properties.missing.length', 1, 'TypeError: cannot read property \'length\' of undefined'],
  ['const value = () => { throw { wrong: 1 } }', undefined, '{"wrong":1}'],
  ['const value = () => 0 / 0', undefined, 'TypeError: value gave NaN'],
  ['const value = async () => 1', undefined, 'TypeError: value gave a promise: it has to give the value itself'],
  ['const value = () => { (async () => { await 1 })(); return 1 }', undefined, 'it waits for something (async), and a value has to be there at once'],
  ['const value = () => BigInt(2)', 1, 'ReferenceError: \'BigInt\' is not defined'],
  ['const value = () => eval("1")', 1, 'ReferenceError: \'eval\' is not defined'],
  ['const value = () => (() => {}).constructor("return 1")()', 1, 'TypeError: not a function'],
])('fails in a sentence: %s', async (text, line, problem) => {
  expect(await ofOne(text)).toEqual({ kind: 'failed', problem, line })
})

it.each([
  'const value = () => { for (;;) {} }',
  'const value = () => value()',
  'const value = x => { const f = y => [y].map(f); return f(x) }',
  'const value = () => { let q = []; for (let k = 0; k < 30000; k++) q = [q]; return q }',
  'const value = () => JSON.parse("[".repeat(9000))',
  'const value = () => { let text = "x"; for (;;) text += text }',
  'const value = () => { let list = [1]; for (;;) list = [...list, ...list] }',
  'const value = () => { const all = []; for (;;) all.push(new Array(1000).fill(1)) }',
  'const value = () => /(a+)+$/.test("a".repeat(40) + "!")',
  'const value = () => "x".repeat(300000).indexOf("x".repeat(30000) + "y")',
  'const value = ({ state }) => { state.x = "é".repeat(3000); return 1 }',
  'const value = () => "x".repeat(40000)',
])('comes to an end with what runs away, and goes on with the next: %s', async (text) => {
  const scripts = await open()
  expect(run(scripts, text)).toMatchObject({ kind: 'failed' })
  expect(run(scripts, 'const value = () => 7')).toEqual({ kind: 'value', value: '7', state: '{}' })
})

it('ends an endless loop at the same step each time, and gives up on one that always runs away', async () => {
  const scripts = await open()
  const text = 'const value = () => { while (true); }'
  for (let time = 0; time < valueScriptLimits.runawaysMax; time++)
    expect(run(scripts, text)).toMatchObject({ kind: 'failed', problem: 'it does not come to an end (look for an endless loop)' })
  expect(run(scripts, text)).toMatchObject({ problem: 'it does not come to an end (look for an endless loop); it is not run any more until it is changed' })
})

it.each([
  'const value = () => { const list = new Array(1e5).fill(1); for (;;) [...list] }',
  'const value = () => { for (;;) try { Array.from({ length: 1e5 }) } catch {} }',
  'const value = () => { const list = new Array(5e4).fill({}); for (;;) JSON.stringify(list) }',
  'const value = () => value()',
])('counts work that takes few steps, and gives up on it too: %s', async (text) => {
  const scripts = await open()
  for (let time = 0; time < valueScriptLimits.runawaysMax; time++)
    run(scripts, text)
  expect(run(scripts, text)).toMatchObject({ kind: 'failed', problem: expect.stringContaining('not run any more') })
  expect(run(scripts, 'const value = () => 1')).toMatchObject({ kind: 'value' })
})

it('ends what takes too long by the clock, and does not run it again', async () => {
  let now = 0
  let step = 0
  const scripts = await openValueScripts(() => now += step)
  const script = scripts.compile('const value = () => { for (let k = 0; k < 40000; k++); return 1 }')
  const call = () => script.call({ about, state: '{}', random: () => 0 })
  expect(call()).toMatchObject({ kind: 'value' })
  step = valueScriptLimits.runMsMax
  expect(call()).toMatchObject({ kind: 'failed', problem: expect.stringContaining('endless loop') })
  step = 0
  expect(call()).toMatchObject({ kind: 'failed', problem: 'it took more than 1 s for one value; it is not run any more until it is changed' })
  expect(run(scripts, 'const value = () => 1')).toMatchObject({ kind: 'value' })
})

it('leaves nothing behind for another run: neither in variables nor in what all share', async () => {
  const scripts = await open()
  const counting = 'let runs = 0\nconst value = () => ++runs'
  expect([run(scripts, counting), run(scripts, counting)]).toEqual([{ kind: 'value', value: '1', state: '{}' }, { kind: 'value', value: '1', state: '{}' }])
  for (const change of ['globalThis.kept = 1', 'kept = 1', 'Array.prototype.kept = 1', 'Math.kept = 1', 'JSON.parse = null', '(function* () {}).prototype.__proto__.kept = 1', 'random.kept = 1'])
    expect(run(scripts, `const value = ({ random }) => { ${change}; return 1 }`)).toMatchObject({ kind: 'failed' })
  expect(run(scripts, 'const value = ({ random }) => [typeof kept, [].kept, Math.kept, random.kept].join()')).toMatchObject({ value: '"undefined,,,"' })
})

it('lets go of texts that no plan holds any more', async () => {
  const scripts = await open()
  const kept = scripts.compile('const value = () => 1')
  scripts.compile('const value = () => 2')
  scripts.keepOnly(new Set(['const value = () => 1']))
  expect(scripts.compile('const value = () => 1')).toBe(kept)
  expect(run(scripts, 'const value = () => 2')).toMatchObject({ value: '2' })
  expect(kept.call({ about, state: '{}', random: () => 0 })).toMatchObject({ value: '1' })
})
