import { expect, it } from 'vitest'
import { readPayload, showPayload } from '../../../../../src/ui/features/simulation/payload.ts'

it('reads bytes as text, as pairs of hex digits and as Base64, and says when they are of another form', () => {
  expect(readPayload('text', 'é')).toBe('w6k=')
  expect(readPayload('hex', '0x00 FF\n10')).toBe('AP8Q')
  expect(readPayload('hex', '')).toBe('')
  expect(readPayload('hex', '0f0')).toBeNull()
  expect(readPayload('hex', 'zz')).toBeNull()
  expect(readPayload('base64', 'AP8Q ')).toBe('AP8Q')
  expect(readPayload('base64', 'AP8')).toBeNull()
})

it('shows bytes as text where they are text, and otherwise as hex digits', () => {
  expect(showPayload('w6k=')).toBe('é')
  expect(showPayload('AP8Q')).toBe('00 ff 10')
  expect(showPayload('')).toBe('')
})
