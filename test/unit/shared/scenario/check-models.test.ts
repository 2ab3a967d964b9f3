import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { checkModels } from '../../../../src/shared/scenario/check-models.ts'
import { readScenario } from '../../../../src/shared/scenario/read-scenario.ts'
import { parseThingModel } from '../../../../src/shared/thing-model/parse.ts'

const meter = parseThingModel(readFileSync(new URL('../../../../resources/scenarios/models/smart-meter.tsl.json', import.meta.url), 'utf8')).model!

function problemsOf(text: string): string[] {
  const { scenario, problems, problemAt } = readScenario(text)
  expect(problems).toEqual([])
  return checkModels(scenario!, { meter }, problemAt).map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`)
}

it('finds properties, events and services that the thing model does not have, with those that were meant', () => {
  expect(problemsOf(`scenario: Meters
duration: 1min
products: { meter: { model: ./smart-meter.tsl.json } }
groups:
  town:
    product: meter
    count: 1
    behaviours:
      powr: { kind: random }
    report: { when: change, deadBands: { powr: 1 } }
    conversation:
      events:
        ratesPerHour: { tampr: 1 }
        conditions: { tampr: { when: power > 5 } }
timeline:
  - { at: 1s, set: town, behaviours: { curent: { kind: off } }, report: { deadBands: { curent: 1 } } }
  - { at: 1s, setProperties: town, values: { rely: 1, voltage: 2 } }
  - { at: 1s, invoke: town, service: readRegistr }
  - { at: 1s, invoke: town, service: readRegister, input: { registr: 1 } }
`)).toEqual([
    '9:7 groups.town.behaviours.powr: unknown key "powr"; did you mean "power"?',
    '10:42 groups.town.report.deadBands.powr: unknown key "powr"; did you mean "power"?',
    '14:23 groups.town.conversation.events.conditions.tampr: unknown key "tampr"; did you mean "tamper"?',
    '13:25 groups.town.conversation.events.ratesPerHour.tampr: unknown key "tampr"; did you mean "tamper"?',
    '16:40 timeline[0].behaviours.curent: unknown key "curent"; did you mean "current"?',
    '16:88 timeline[0].report.deadBands.curent: unknown key "curent"; did you mean "current"?',
    '17:46 timeline[1].values.rely: unknown key "rely"; did you mean "relay"?',
    '17:55 timeline[1].values.voltage: unknown key "voltage"; there are relay, tariff',
    '18:38 timeline[2].service: the product has no service "readRegistr"; did you mean "readRegister"?',
    '19:61 timeline[3].input.registr: unknown key "registr"; did you mean "register"?',
  ])
})

it('finds a charge and services of a life that the thing model does not have', () => {
  expect(problemsOf(`scenario: Meters
duration: 1min
products: { meter: { model: ./smart-meter.tsl.json } }
groups:
  town:
    product: meter
    count: 1
    life: { battery: { property: powr } }
timeline:
  - { at: 1s, set: town, life: { services: { reboot: [readRegistr] } } }
`)).toEqual([
    '8:34 groups.town.life.battery.property: the product has no property "powr"; did you mean "power"?',
    '10:55 timeline[0].life.services.reboot[0]: the product has no service "readRegistr"; did you mean "readRegister"?',
  ])
})

it('leaves the names of custom modules to the platform', () => {
  expect(problemsOf(`scenario: Meters
duration: 1min
products: { meter: { model: ./smart-meter.tsl.json } }
groups: { town: { product: meter, count: 1, behaviours: { "block:temperature": { kind: random } } } }
`)).toEqual([])
})
