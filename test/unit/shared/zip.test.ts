import { Buffer } from 'node:buffer'
import { inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isZip, readZip } from '../../../src/shared/zip.ts'
import { zipOf } from '../../support/zip-of.ts'

function unpack(bytes: Uint8Array): unknown {
  const entries = readZip(bytes, 10)
  return typeof entries === 'string' ? entries : entries.map(({ name, method, packed }) => [name, (method === 0 ? Buffer.from(packed) : inflateRawSync(packed)).toString()])
}

describe('readZip', () => {
  it('finds deflated and stored files and leaves folders out', () => {
    const zip = zipOf([{ name: 'f/', text: '', stored: true }, { name: 'f/a.json', text: '{"a":1}' }, { name: 'b.json', text: '{}', stored: true }], 'a comment')
    expect(isZip(zip)).toBe(true)
    expect(unpack(zip)).toEqual([['f/a.json', '{"a":1}'], ['b.json', '{}']])
  })

  it('says why it cannot read one', () => {
    const zip = zipOf([{ name: 'a.json', text: '{"a":1}' }])
    expect(unpack(Buffer.from('{"properties":[]}'))).toBe('it is not a zip archive, or its end is missing')
    expect(unpack(zip.subarray(0, zip.length - 4))).toBe('it is not a zip archive, or its end is missing')
    expect(readZip(zipOf([{ name: 'a', text: '' }, { name: 'b', text: '' }]), 1)).toBe('it holds 2 files, and at most 1 are read')
    const directory = zip.length - 22 - 46 - 6
    const changed = (offset: number, value: number): Buffer => {
      const copy = Buffer.from(zip)
      copy[directory + offset] = value
      return copy
    }
    expect(unpack(changed(8, 1))).toBe('its file a.json is encrypted')
    expect(unpack(changed(10, 12))).toBe('its file a.json is packed in a way that is not known (12)')
    expect(unpack(changed(0, 0))).toBe('its list of files is damaged')
    expect(unpack(changed(23, 1))).toBe('its list of files is damaged')
  })

  it('never throws, whatever is broken', () => {
    const zip = zipOf([{ name: 'a.json', text: 'x'.repeat(100) }, { name: 'b.json', text: '{}' }])
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(zip.length - 1), fc.nat(255)), { maxLength: 5 }), fc.nat(zip.length), (changes, length) => {
      const copy = Buffer.from(zip)
      for (const [at, value] of changes)
        copy[at] = value
      const entries = readZip(copy.subarray(0, length), 10)
      return typeof entries === 'string' || Array.isArray(entries)
    }))
  })
})
