import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createSampleEncoder, decodeSamples } from '../../../../src/engine/store/sample-codec.ts'
import { faultOf } from '../../../../src/engine/store/storage-fault.ts'

type Tuple = [propertyId: number, at: number, value: number]

function encode(rowAt: number, samples: Tuple[]): Uint8Array | null {
  const encoder = createSampleEncoder()
  encoder.begin(rowAt)
  for (const sample of samples)
    encoder.add(...sample)
  return encoder.end()
}

function decode(data: Uint8Array, rowAt: number): Tuple[] {
  const samples: Tuple[] = []
  decodeSamples(data, rowAt, (...sample) => samples.push(sample))
  return samples
}

const instants = fc.integer({ min: 0, max: 2 ** 51 })
const values = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.integer({ min: -1e9, max: 1e9 }).map(n => n / 1000),
  fc.constantFrom(-0, 0, 2 ** 51, -(2 ** 51), 2 ** 53),
)

it('gives back exactly what was packed, whatever the values and instants', () => {
  fc.assert(fc.property(instants, fc.array(fc.tuple(fc.nat(100_000), instants, values), { minLength: 1 }), (rowAt, samples) => {
    expect(decode(encode(rowAt, samples)!, rowAt)).toEqual(samples)
  }))
})

it('packs a row without samples as null', () => {
  expect(encode(5, [])).toBeNull()
})

it('takes four bytes for a reading with one decimal at the time of its message', () => {
  expect(encode(1000, [[1, 1000, 21.4]])).toHaveLength(4)
})

it('reports samples that end too early as damage', () => {
  const data = encode(0, [[1, 5, Math.PI]])!
  for (let length = 1; length < data.length; length++) {
    let error: unknown
    try {
      decode(data.subarray(0, length), 0)
    }
    catch (thrown) {
      error = thrown
    }
    expect(faultOf(error)).toBe('damaged')
  }
})

it('never does worse than an error on any bytes', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (data) => {
    try {
      decode(data, 0)
    }
    catch (error) {
      expect(faultOf(error)).toBe('damaged')
    }
  }))
})
