import { describe, expect, it } from 'vitest'
import { codeTexts, textOfCode } from '../../../../src/shared/alink/codes.ts'

describe('textOfCode', () => {
  it('gives the texts that devices have seen on the wire', () => {
    expect([200, 427, 460, 520].map(textOfCode)).toEqual(['success', 'device connect in elsewhere', 'request parameter error', 'device session error'])
  })

  it('tells a device\'s own code from an unknown one', () => {
    expect([100_001, 110_000, 110_001, 12].map(textOfCode)).toEqual(['code defined by the device', 'code defined by the device', 'unknown code', 'unknown code'])
  })

  it('has a text for every code it lists', () => {
    expect(Object.entries(codeTexts).filter(([, text]) => text.trim() === '')).toEqual([])
  })
})
