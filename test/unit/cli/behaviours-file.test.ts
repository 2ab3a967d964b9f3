import type { ThingModel } from '../../../src/shared/thing-model/types.ts'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readBehavioursFile } from '../../../src/cli/behaviours-file.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const model: ThingModel = {
  profile: {},
  properties: ['temperature', 'heater'].map(identifier => ({ identifier, name: identifier, accessMode: 'r', required: false, dataType: { type: 'double' } })),
  events: [],
  services: [],
}

function write(content: string, folder = tempFolder()): string {
  const file = join(folder, 'behaviours.json')
  writeFileSync(file, content)
  return file
}

it('reads how properties move, with recorded tables from files beside it', async () => {
  const folder = tempFolder()
  writeFileSync(join(folder, 'day.csv'), 'at,celsius\n0,20\n60,21\n')
  const file = write(JSON.stringify({ heater: { kind: 'expression', expression: 'temperature < 20' }, temperature: { kind: 'trace', csv: { file: 'day.csv', time: 'at', value: 'celsius' } } }), folder)
  expect(await readBehavioursFile(file, model)).toEqual({
    heater: { kind: 'expression', expression: 'temperature < 20' },
    temperature: { kind: 'trace', csv: { text: 'at,celsius\n0,20\n60,21\n', time: 'at', value: 'celsius' }, speed: 1, end: 'loop', offsetSec: 0 },
  })
})

it.each([
  ['{', 'input/invalid', 'expected JSON such as'],
  ['[]', 'input/invalid', 'behaviours: expected an object'],
  ['{"heater":{"kind":"ramp","min":0,"max":1,"periodSec":0}}', 'input/invalid', 'behaviours.heater.periodSec'],
  ['{"heater":{"kind":"expression","expression":"temp"}}', 'input/invalid', 'behaviours.heater.expression'],
  ['{"heater":{"kind":"script","script":"const other = 1"}}', 'input/invalid', 'behaviours.heater.script: expected a script that defines the function value'],
  ['{"heating":{"kind":"off"}}', 'input/invalid', 'behaviours.heating: expected one of the properties temperature, heater'],
  ['{"heater":{"kind":"trace","csv":{"file":"none.csv","time":"a","value":"b"}}}', 'file/unreadable', 'none.csv cannot be read: there is no such file'],
])('says what is wrong with %s', async (content, code, message) => {
  await expect(readBehavioursFile(write(content), model)).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
})
