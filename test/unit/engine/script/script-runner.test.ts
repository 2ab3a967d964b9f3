import type { ScriptCall, ScriptRun, ScriptRunner } from '../../../../src/engine/script/types.ts'
import { expect, it, onTestFinished } from 'vitest'
import { createScriptRunner } from '../../../../src/engine/script/script-runner.ts'
import { realClock } from '../../../../src/host/real-clock.ts'
import { limits } from '../../../../src/shared/limits.ts'

function startRunner(runMsMax?: number): ScriptRunner {
  const runner = createScriptRunner({ clock: realClock, ...(runMsMax !== undefined && { runMsMax }) })
  onTestFinished(() => runner.close())
  return runner
}

const arrival = 1_735_689_600_000

/** Runs the function `f` of a script. */
function call(text: string, wish: Partial<ScriptCall> = {}): ScriptCall {
  return { scriptId: 'a', text, functionName: 'f', args: [], now: arrival, keepLogs: true, ...wish }
}

async function runAll(texts: readonly string[]): Promise<ScriptRun[]> {
  const runner = startRunner()
  return Promise.all(texts.map((text, index) => runner.run(call(text, { scriptId: String(index) }))))
}

it('calls a function with JSON and returns JSON, typed arrays as lists of numbers', async () => {
  const runner = startRunner()
  const text = 'const f = (a, b) => ({ sum: a.x + b[0], text: "ä中😀" })\nfunction g() { return new Uint8Array([1, 255]) }\nfunction h() {}'
  expect(await runner.run(call(text, { args: ['{"x":1}', '[2]'] }))).toMatchObject({ value: '{"sum":3,"text":"ä中😀"}', problem: null })
  expect(await runner.run(call(text, { functionName: 'g' }))).toMatchObject({ value: '[1,255]', problem: null })
  expect(await runner.run(call(text, { functionName: 'h' }))).toMatchObject({ value: null, problem: null })
})

it('keeps all digits of 64-bit integers both ways, as BigInt inside', async () => {
  const runner = startRunner()
  const text = 'function f(a) { return { same: a.long, kind: typeof a.long, more: a.long + 1n, small: a.small, text: a.text, wide: a.wide } }'
  const { value } = await runner.run(call(text, { args: ['{"long":9007199254740993,"small":5,"text":"say 9007199254740993","wide":1e25}'] }))
  expect(value).toBe('{"same":9007199254740993,"kind":"bigint","more":9007199254740994,"small":5,"text":"say 9007199254740993","wide":1e+25}')
})

it('gives every run a fresh start: variables, prototypes and globals', async () => {
  const runner = startRunner()
  const text = `
var count = 0
let list = []
function f() {
  count++; list.push(count); leaked = (typeof leaked === 'undefined' ? 0 : leaked) + 1
  const seen = [count, list.length, leaked, [].extra === undefined, typeof JSON.stringify]
  Array.prototype.extra = 1; JSON.stringify = null; Object.prototype.toJSON = function () { return 'spoilt' }
  return seen.join()
}`
  const first = await runner.run(call(text))
  const second = await runner.run(call(text))
  expect([first.value, second.value]).toEqual(['"1,1,1,true,function"', '"1,1,1,true,function"'])
})

it('has no Node, no network, no timers and no clock but the moment it is given', async () => {
  const [run] = await runAll([`function f() {
    return [typeof process, typeof require, typeof fetch, typeof setTimeout, typeof Buffer, typeof globalThis.constructor.constructor('return typeof process')(), new Date().getTime(), Date.now(), new Date(5).getTime(), new Date() instanceof Date]
  }`])
  expect(run!.value).toBe(JSON.stringify(['undefined', 'undefined', 'undefined', 'undefined', 'undefined', 'string', arrival, arrival, 5, true]))
})

it('says with line and column what was thrown and what does not compile: 26002', async () => {
  const runs = await runAll([
    'function f() {\n  var a = null\n  return a.b\n}',
    'var x = 1\nfunction f( { return }',
    'function f() { throw "just a text" }',
    '\nthrow new TypeError("top")\nfunction f() {}',
    'function f() { throw { get name() { throw 1 }, toString: null } }',
  ])
  expect(runs.map(({ problem }) => [problem?.code, problem?.line, problem?.message])).toEqual([
    [26002, 3, 'The script failed in line 3, column 11: TypeError: cannot read property \'b\' of null'],
    [26002, 2, expect.stringContaining('SyntaxError')],
    [26002, undefined, 'The script failed: just a text'],
    [26002, 2, expect.stringContaining('TypeError: top')],
    [26002, undefined, expect.stringContaining('The script failed')],
  ])
})

it('stops endless loops wherever they are, deep recursion and great hunger, and goes on', async () => {
  const runner = startRunner(1_000)
  const problems = new Map<string, number | undefined>()
  for (const [name, text] of Object.entries({
    loop: 'function f() { for (;;); }',
    top: 'while (true);',
    caught: 'function f() { for (;;) { try { for (;;); } catch (e) {} } }',
    toString: 'function f() { return { toJSON() { while (1); } } }',
    thrown: 'function f() { throw { toString() { while (1); }, toJSON() { while (1); } } }',
  }))
    problems.set(name, (await runner.run(call(text, { scriptId: name }))).problem?.code)
  expect(Object.fromEntries(problems)).toEqual({ loop: 26003, top: 26003, caught: 26003, toString: 26003, thrown: 26003 })
  for (const [name, text] of Object.entries({
    recursion: 'function f() { return f() + 1 }',
    memory: 'function f() { var a = []; for (;;) a.push(new Uint8Array(1e6)) }',
    repeated: 'function f() { return "x".repeat(1e9) }',
    pattern: 'function f() { return JSON.parse("[".repeat(1e6)) }',
  })) {
    const { problem } = await runner.run(call(text, { scriptId: name }))
    expect([name, problem?.code]).toEqual([name, 26002])
  }
  expect((await runner.run(call('function f() { return 1 }'))).value).toBe('1')
}, 40_000)

it('kills a thread that does not come back by itself, and goes on with another', async () => {
  const runner = startRunner(500)
  // The time is looked at between the steps of the script, and here each step takes long.
  const { problem } = await runner.run(call('function f() { for (;;) new Array(1e8).join("x".repeat(1000)) }'))
  expect(problem?.code).toBe(26003)
  expect((await runner.run(call('function f() { return 1 }', { scriptId: 'other' }))).value).toBe('1')
}, 20_000)

it('names what cannot be returned, and a function that is missing', async () => {
  const runs = await runAll(['function f() { return f }', 'function f() { var a = {}; a.a = a; return a }', 'function f() { return Symbol() }', 'var g = 1', 'var f = 3', ''])
  expect(runs.map(({ problem }) => [problem?.code, problem?.message])).toEqual([
    [26007, 'f returned a function.'],
    [26007, expect.stringContaining('cannot be written as JSON')],
    [26007, 'f returned a symbol.'],
    [26006, 'The script has to define the function f, and it does not.'],
    [26006, expect.any(String)],
    [26006, expect.any(String)],
  ])
  const runner = startRunner()
  expect((await runner.run(call('function f() {}', { requires: ['g'] }))).problem).toMatchObject({ code: 26006, message: expect.stringContaining(' g,') })
})

it('keeps what is logged, up to a limit, and only for whoever wants it', async () => {
  const runner = startRunner()
  const text = 'function f(n) { for (var i = 0; i < n; i++) console.log("line", i, { a: 1n }); console.error(new Array(9999).join("x")); return 1 }'
  const { logs } = await runner.run(call(text, { args: ['2'] }))
  expect(logs.slice(0, 2)).toEqual([{ level: 'log', text: expect.stringMatching(/^line 0 /) }, { level: 'log', text: expect.stringMatching(/^line 1 /) }])
  expect(logs[2]!.text).toHaveLength(limits.scriptLogCharsMax)
  expect((await runner.run(call(text, { args: ['1000'] }))).logs).toHaveLength(limits.scriptLogLinesMax)
  expect((await runner.run(call(text, { args: ['1'], keepLogs: false }))).logs).toEqual([])
})

it('runs a new text from its first call on, and many scripts beside each other', async () => {
  const runner = startRunner()
  expect((await runner.run(call('function f() { return 1 }'))).value).toBe('1')
  expect((await runner.run(call('function f() { return 2 }'))).value).toBe('2')
  const count = limits.scriptInstancesMax + 3
  for (let round = 0; round < 2; round++) {
    const runs = await Promise.all(Array.from({ length: count }, (_, n) => runner.run(call(`function f() { return ${n} }`, { scriptId: `many ${n}` }))))
    expect(runs.map(({ value }) => value)).toEqual(Array.from({ length: count }, (_, n) => String(n)))
  }
  runner.forget('a')
  expect((await runner.run(call('function f() { return 2 }'))).value).toBe('2')
})

it('keeps the calls of a script in order and turns away what is too much: 26010', async () => {
  const runner = startRunner()
  const ended: string[] = []
  const text = 'function f(n) { return n }'
  const asked = Array.from({ length: limits.scriptRunsWaitingMax + 5 }, (_, n) => runner.run(call(text, { args: [String(n)] })).then((run) => {
    if (run.problem === null)
      ended.push(run.value!)
    return run
  }))
  expect(runner.stats().refused).toBeGreaterThan(0)
  const runs = await Promise.all(asked)
  expect(runs.at(-1)!.problem).toMatchObject({ code: 26010, message: expect.stringContaining('wait already') })
  expect(ended).toEqual(ended.map((_, n) => String(n)))
  expect(runner.stats().waiting).toBe(0)
})

it('lets other scripts go on while one that is known to be endless runs', async () => {
  const runner = startRunner()
  const endless = call('function f() { while (1); }', { scriptId: 'endless' })
  expect((await runner.run(endless)).problem?.code).toBe(26003)
  let isOver = false
  const again = runner.run(endless).then(() => { isOver = true })
  for (let n = 0; n < 20; n++)
    expect((await runner.run(call('function f(n) { return n }', { args: [String(n)] }))).value).toBe(String(n))
  expect(isOver).toBe(false)
  const more = Array.from({ length: limits.scriptSlowRunsWaitingMax + 1 }, () => runner.run(endless))
  expect((await more.at(-1)!).problem?.code).toBe(26010)
  await runner.close()
  expect((await Promise.all(more)).map(({ problem }) => problem?.code)).toEqual([...Array.from({ length: limits.scriptSlowRunsWaitingMax }).fill(26015), 26010])
  await again
  expect((await runner.run(endless)).problem?.code).toBe(26015)
}, 20_000)
