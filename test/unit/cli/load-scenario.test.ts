import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadScenario, shippedScenarios } from '../../../src/cli/load-scenario.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const shipped = await shippedScenarios()

describe('the shipped scenarios', () => {
  it('are those that users ask for, each with a title and what it is about', () => {
    expect(shipped.map(({ name }) => name)).toEqual(['bad-firmware', 'cold-chain', 'modbus-gateways', 'noisy-wifi', 'ota-week', 'smart-meters', 'street-lamps', 'thermostats'])
    expect(shipped.every(({ title, about }) => title !== '' && about !== '')).toBe(true)
  })

  it.each(shipped.map(({ name }) => name))('%s has no problem and fits its thing models', async (name) => {
    const { problems, scenario } = await loadScenario(name)
    expect(problems).toEqual([])
    expect(scenario?.expect.length).toBeGreaterThan(0)
  })
})

describe('a scenario file', () => {
  const text = (model: string): string => `scenario: One\nduration: 1s\nproducts: { lamp: { model: ${model} } }\ngroups: { a: { product: lamp, count: 1 } }\n`

  it('names thing models by their path from it on, or as samples', async () => {
    const file = path.join(tempFolder(), 'one.yaml')
    writeFileSync(path.join(path.dirname(file), 'mine.json'), '{"properties":[],"events":[],"services":[],"profile":{}}')
    writeFileSync(file, text('./mine.json'))
    expect(await loadScenario(file)).toMatchObject({ file, problems: [], models: { lamp: expect.stringContaining('"profile"') as string } })
    writeFileSync(file, text('street-lamp'))
    expect(await loadScenario(file)).toMatchObject({ problems: [] })
  })

  it.each([
    ['./gone.json', /^The file .*gone\.json cannot be read: there is no such file$/],
    ['street-lmap', /^there is no sample "street-lmap"; there are cold-chain-box, street-lamp, thermostat, and a path such as \.\/street-lmap\.json names a file$/],
    ['./bad.json', /^the thing model \.\/bad\.json breaks a rule: /],
  ])('says where it names a thing model that cannot be read: %s', async (model, message) => {
    const file = path.join(tempFolder(), 'one.yaml')
    writeFileSync(path.join(path.dirname(file), 'bad.json'), '[1]')
    writeFileSync(file, text(model))
    const { scenario, problems } = await loadScenario(file)
    expect(scenario).toBeNull()
    expect(problems).toEqual([expect.objectContaining({ line: 3, column: 28, path: 'products.lamp.model', message: expect.stringMatching(message) as string })])
  })

  it('that is not there is an error of its own', async () => {
    await expect(loadScenario('no-such-scenario')).rejects.toMatchObject({ code: 'file/unreadable' })
  })
})
