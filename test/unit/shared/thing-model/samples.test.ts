import type { DataType } from '../../../../src/shared/thing-model/types.ts'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { exportThingModel } from '../../../../src/shared/thing-model/export.ts'
import { parseThingModel } from '../../../../src/shared/thing-model/parse.ts'

const folder = new URL('../../../../resources/products/', import.meta.url)
const files = readdirSync(folder).filter(name => name.endsWith('.tsl.json'))

function read(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8')
}

function typesIn(dataType: DataType): string[] {
  if (dataType.type === 'struct')
    return ['struct', ...dataType.members.flatMap(member => typesIn(member.dataType))]
  return dataType.type === 'array' ? ['array', ...typesIn(dataType.item)] : [dataType.type]
}

describe('the sample products', () => {
  it('are three', () => {
    expect(files).toEqual(['cold-chain-box.tsl.json', 'street-lamp.tsl.json', 'thermostat.tsl.json'])
  })

  it.each(files)('%s is accepted by the cloud\'s limits without a notice', (name) => {
    expect(parseThingModel(read(name), { applyLimits: true })).toMatchObject({ notices: [] })
  })

  it.each(files)('%s is written exactly as an export writes it', (name) => {
    expect(`${exportThingModel(parseThingModel(read(name)).model!)}\n`).toBe(read(name))
  })

  it.each(files)('%s describes every feature in both languages', (name) => {
    const { properties, events, services } = parseThingModel(read(name)).model!
    for (const { identifier, name: label, desc = '' } of [...properties, ...events, ...services]) {
      const languages = [label, desc].map(text => /[\u4E00-\u9FFF]/.test(text) || text === '')
      expect([identifier, languages.toSorted()]).toEqual([identifier, [false, true]])
    }
  })

  it('show every data type between them', () => {
    const types = files.flatMap(name => parseThingModel(read(name)).model!.properties.flatMap(property => typesIn(property.dataType)))
    expect([...new Set(types)].sort()).toEqual(['array', 'bool', 'date', 'double', 'enum', 'float', 'int', 'long', 'struct', 'text'])
  })
})
