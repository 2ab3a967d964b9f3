import { expect, it } from 'vitest'
import { parseDevicesFile } from '../../../src/cli/devices-file.ts'

function told(text: string): string {
  try {
    parseDevicesFile(text, 'devices.csv')
  }
  catch (error) {
    return (error as Error).message
  }
  throw new Error('the file was accepted')
}

it('reads a device a line', () => {
  expect(parseDevicesFile('productKey,deviceName,deviceSecret\na1,one,s1\na1,two,s2\n', 'devices.csv')).toEqual([
    { productKey: 'a1', deviceName: 'one', deviceSecret: 's1' },
    { productKey: 'a1', deviceName: 'two', deviceSecret: 's2' },
  ])
})

it('takes the columns in any order and case, other columns, quotes, Windows line ends, a byte order mark and empty lines', () => {
  expect(parseDevicesFile('\uFEFFDeviceName,Note,DeviceSecret,ProductKey\r\n"one","a, b",s1,a1\r\n\r\n', 'devices.csv')).toEqual([
    { productKey: 'a1', deviceName: 'one', deviceSecret: 's1' },
  ])
})

it.each([
  ['', 'devices.csv line 1: expected a header with productKey,deviceName,deviceSecret, got "".'],
  ['a1,one,s1\n', 'devices.csv line 1: expected a header with productKey,deviceName,deviceSecret, got "a1,one,s1".'],
  ['productKey,deviceName,deviceSecret\na1,one,s1\na1,two\n', 'devices.csv line 3: expected a deviceSecret, got "a1,two".'],
  ['productKey,deviceName,deviceSecret\n\na1,,s1\n', 'devices.csv line 3: expected a deviceName, got "a1,,s1".'],
  ['productKey,deviceName,deviceSecret\na1,one,s1\na1,one,s2\n', 'devices.csv line 3: expected each device once, because a second login kicks out the first, got a1,one, which line 2 has too.'],
])('names file, line, what was expected and what came: %j', (text, sentence) => {
  expect(told(text)).toBe(sentence)
})
