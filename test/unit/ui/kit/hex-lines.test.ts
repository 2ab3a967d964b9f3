import { expect, it } from 'vitest'
import { asciiOf, bytesPerLine, hexOf, offsetOf } from '../../../../src/ui/kit/hex-lines.ts'

it('puts as many bytes on a line as the width has room for', () => {
  expect([200, 400, 700, 1_200].map(bytesPerLine)).toEqual([4, 8, 16, 32])
})

it('writes bytes as upper-case hex and as characters where there is one to print', () => {
  expect([0, 10, 255].map(hexOf)).toEqual(['00', '0A', 'FF'])
  expect([0x41, 0x20, 0x0A, 0x7F, 0xE6].map(asciiOf)).toEqual(['A', ' ', '·', '·', '·'])
  expect(offsetOf(0x1234)).toBe('001234')
})
