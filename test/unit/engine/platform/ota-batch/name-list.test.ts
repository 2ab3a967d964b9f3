import { expect, it } from 'vitest'
import { NameLines } from '../../../../../src/engine/platform/ota-batch/name-lines.ts'
import { NameList } from '../../../../../src/engine/platform/ota-batch/name-list.ts'

function read(...pieces: string[]): [number, string, string | null][] {
  const lines = new NameLines()
  return [...pieces.flatMap(piece => lines.push(piece)), ...lines.end()].map(({ line, name, productKey }) => [line, name, productKey])
}

function listOf(text: string, known: string[] = ['dev-0001', 'dev-0002'], others: string[] = ['other-1']): NameList {
  const list = new NameList({ namesId: 'id', productKey: 'a1Test', nameOf: name => known.find(one => one === name), isElsewhere: name => others.includes(name) })
  const bytes = new TextEncoder().encode(text)
  for (let at = 0; at < bytes.length; at += 5)
    list.push(bytes.subarray(at, at + 5))
  list.end()
  return list
}

it('reads one name a line, over pieces, without empty lines and with or without a last line end', () => {
  expect(read('dev-', '1\r\n\r\n  dev-2 \nde', 'v-3')).toEqual([[1, 'dev-1', null], [3, 'dev-2', null], [4, 'dev-3', null]])
  expect(read('')).toEqual([])
})

it('finds the columns by their titles, and takes the first one where there are none', () => {
  expect(read('\uFEFF"Product Key";Device Name;x\na1Test;dev-1;9\n')).toEqual([[2, 'dev-1', 'a1Test']])
  expect(read('设备名称,备注\ndev-1,冷库\n')).toEqual([[2, 'dev-1', null]])
  expect(read('dev-1,DeviceSecret\ndev-2\n')).toEqual([[1, 'dev-1', null], [2, 'dev-2', null]])
})

it('holds no more of an endless line than a name needs', () => {
  const [[, name] = []] = read('x'.repeat(10_000), 'y'.repeat(10_000))
  expect(name?.length).toBeLessThan(20_000)
})

it('tells what is wrong with each line, and keeps only the devices of the product', () => {
  const list = listOf('dev-0001\nnobody\ndev-0001\nother-1\n?\ndev-0002')
  expect([...list.names]).toEqual(['dev-0001', 'dev-0002'])
  expect(list.invalid(0, 10)).toEqual({
    names: [
      { line: 2, name: 'nobody', fault: 'unknown' },
      { line: 3, name: 'dev-0001', fault: 'repeated' },
      { line: 4, name: 'other-1', fault: 'otherProduct' },
      { line: 5, name: '?', fault: 'malformed' },
    ],
    total: 4,
  })
})

it('goes by the product where a list names it', () => {
  const list = listOf('DeviceName,ProductKey\ndev-0001,a1Test\ndev-0002,a1Else\n')
  expect([...list.names]).toEqual(['dev-0001'])
  expect(list.check()).toMatchObject({ valid: 1, invalid: { otherProduct: 1 } })
})

it('is whole only once', () => {
  const list = listOf('dev-0001')
  list.end()
  expect(list.check().valid).toBe(1)
})
