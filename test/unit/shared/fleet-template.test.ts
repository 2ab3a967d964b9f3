import { expect, it } from 'vitest'
import { fillTemplate, unknownWords } from '../../../src/shared/fleet-template.ts'

it('fills in what is known and leaves JSON and everything else as it is', () => {
  const values = { deviceName: 'a', id: '7', params: '{"T":1}', value: (name: string) => name === 'T' ? '1' : 'null' }
  expect(fillTemplate('{"d":"{deviceName}","p":{params},"t":{value.T},"n":{value.None},"e":{},"x":{time}}', values)).toBe('{"d":"a","p":{"T":1},"t":1,"n":null,"e":{},"x":{time}}')
  expect(fillTemplate('{deviceName}{deviceName}-{id}', { deviceName: '{id}', id: '7' })).toBe('{id}{id}-7')
})

it('names the words that mean nothing where they stand', () => {
  expect(unknownWords('{deviceName}/{index}/{productKey}', false)).toEqual([])
  expect(unknownWords('{deviceName}/{time}/{value.T}', false)).toEqual(['{time}', '{value.T}'])
  expect(unknownWords('{"a":{params},"b":{value.T.x},"c":{tmie},"d":{"x":1}}', true)).toEqual(['{tmie}'])
})
