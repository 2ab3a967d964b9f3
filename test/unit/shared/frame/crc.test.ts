import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { crc16Arc, Crc64 } from '../../../../src/shared/frame/crc.ts'

const check = Buffer.from('123456789')

it('computes the check values that the definitions of the three CRCs give', () => {
  expect(crc16Arc(check)).toBe(0xBB3D)
  expect(new Crc64('xz').update(check).hex()).toBe('995dc9bbdf1939fa')
  expect(new Crc64('jones').update(check).hex()).toBe('e9c6d914c4b8d9ca')
})

it('gives of no bytes what each starts with', () => {
  expect([crc16Arc(new Uint8Array()), new Crc64('xz').hex(), new Crc64('jones').hex()]).toEqual([0, '0000000000000000', '0000000000000000'])
})

it('does not mind in which pieces the bytes come', () => {
  fc.assert(fc.property(fc.uint8Array(), fc.uint8Array(), fc.constantFrom('xz' as const, 'jones' as const), (first, second, variant) =>
    new Crc64(variant).update(first).update(second).hex() === new Crc64(variant).update(Buffer.concat([first, second])).hex()))
})
