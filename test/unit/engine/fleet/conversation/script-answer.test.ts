import type { Wish } from '../../../../../src/engine/fleet/conversation/command.ts'
import { describe, expect, it } from 'vitest'
import { readScriptAnswer, scriptArgument } from '../../../../../src/engine/fleet/conversation/script-answer.ts'

type AlinkWish = Exclude<Wish, { kind: 'raw' }>

const set: AlinkWish = { kind: 'set', params: { Brightness: 3 } }
const read = (value: unknown, wish: AlinkWish = set) => readScriptAnswer({ value: JSON.stringify(value), problem: null }, wish)

describe('a script that answers commands', () => {
  it('is told the command and what the device reports', () => {
    expect(JSON.parse(scriptArgument('lamp-1', { kind: 'service', key: 'Blink', params: { Times: 2 } }, { Level: 1 }))).toEqual({ deviceName: 'lamp-1', kind: 'service', service: 'Blink', params: { Times: 2 }, values: { Level: 1 } })
  })

  it('takes over what was set unless it says otherwise', () => {
    expect(read({})).toEqual({ answer: { code: 200, data: {}, delayMs: 0, set: { Brightness: 3 } } })
    expect(read({ code: 460 }).answer?.set).toEqual({})
    expect(read({ set: { Level: 2 }, delayMs: 9e9 })).toEqual({ answer: { code: 200, data: {}, delayMs: 600_000, set: { Level: 2 } } })
    expect(read({ data: { Done: 1 } }, { kind: 'service', key: 'Blink', params: {} }).answer).toEqual({ code: 200, data: { Done: 1 }, delayMs: 0, set: {} })
  })

  it('stays silent with nothing returned', () => {
    expect(readScriptAnswer({ value: null, problem: null }, set)).toEqual({})
  })

  it('answers 400 and says why when it fails or returns something else', () => {
    expect(readScriptAnswer({ value: null, problem: { code: 26002, message: 'The script failed in line 2.' } }, set)).toMatchObject({ answer: { code: 400 }, problem: 'The script failed in line 2.' })
    for (const value of [7, 'x', [], { code: 'x' }, { data: 1 }, { delayMs: '1' }, { set: [] }])
      expect(read(value)).toMatchObject({ answer: { code: 400, data: {}, set: {} }, problem: expect.stringContaining('onCommand') })
  })
})
