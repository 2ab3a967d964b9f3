import { expect, it } from 'vitest'
import { batchOptions, changeOptions } from '../../../src/cli/ota-batch-options.ts'

const read = (name: keyof typeof batchOptions, text: string): unknown => batchOptions[name].kind!.read(text)

it('reads push rates: without limit, constant and growing', () => {
  expect(read('rate', 'unlimited')).toEqual({ kind: 'unlimited' })
  expect(read('rate', '200')).toEqual({ kind: 'constant', perMinute: 200 })
  expect(read('rate', '50,2,10000,1000')).toEqual({ kind: 'growing', base: 50, factor: 2, max: 10_000, threshold: 1_000, counts: 'pushed' })
  expect(read('rate', '50,1.25,10000,1000,succeeded')).toEqual({ kind: 'growing', base: 50, factor: 1.25, max: 10_000, threshold: 1_000, counts: 'succeeded' })
  for (const wrong of ['', '0', 'fast', '50,2', '50,2,100', '50,0.5,100,10', '50,2,100,1.5', '50,2,100,10,downloaded', '50,2,100,10,pushed,1', '-5'])
    expect(read('rate', wrong), wrong).toBeUndefined()
})

it('reads tags, names, percentages and minutes', () => {
  expect(read('tags', 'wave=1,by=a=b')).toEqual({ wave: '1', by: 'a=b' })
  expect(changeOptions.tags.kind!.read('none')).toEqual({})
  expect([read('tags', 'wave'), read('tags', '=1')]).toEqual([undefined, undefined])
  expect(read('devices', 'a-01, a-02,,')).toEqual(['a-01', 'a-02'])
  expect(read('devices', ' , ')).toBeUndefined()
  expect(['12.5', '100', '0', '101', 'x'].map(text => read('percent', text))).toEqual([12.5, 100, undefined, undefined, undefined])
  expect(['0', '10', '-1', 'soon'].map(text => read('retry-after', text))).toEqual([0, 10, undefined, undefined])
  expect(['none', '60', '0.1', '0', 'x'].map(text => changeOptions.timeout.kind!.read(text))).toEqual([null, 60, 0.1, undefined, undefined])
})
