import type { ThingModel } from '../thing-model/types.ts'
import type { ActionOf, ScenarioAction } from './actions.ts'
import type { Path } from './place.ts'
import type { Scenario, ScenarioProblem } from './read-scenario.ts'
import type { ScenarioGroup } from './schema.ts'
import { wordOf } from './actions.ts'
import { unknownKey } from './issue-words.ts'

/**
 * What a scenario says of properties, events and services that its thing models do not have.
 * `models` is by the name of the product; a product without one is passed over.
 */
export function checkModels(scenario: Scenario, models: Readonly<Record<string, ThingModel>>, problemAt: (path: Path, message: string, part: 'key' | 'value') => ScenarioProblem): ScenarioProblem[] {
  const problems: ScenarioProblem[] = []
  const modelOf = (group: string): ThingModel | undefined => {
    const product = scenario.groups[group]?.product
    return product === undefined ? undefined : models[product]
  }
  const requireKeys = (members: object, known: readonly string[], path: Path): void => {
    for (const key of Object.keys(members)) {
      // Names with a colon are those of custom modules, whose documents a file may leave to the platform.
      if (!known.includes(key) && !key.includes(':'))
        problems.push(problemAt([...path, key], unknownKey(key, known), 'key'))
    }
  }

  for (const [name, group] of Object.entries(scenario.groups)) {
    const model = modelOf(name)
    if (model === undefined)
      continue
    requireKeys(group.behaviours, namesOf(model.properties), ['groups', name, 'behaviours'])
    requireKeys(group.report.deadBands ?? {}, namesOf(model.properties), ['groups', name, 'report', 'deadBands'])
    requireKeys(group.conversation.events?.conditions ?? {}, namesOf(model.events), ['groups', name, 'conversation', 'events', 'conditions'])
    checkLife(group.life, model, ['groups', name, 'life'])
    requireKeys(group.conversation.events?.ratesPerHour ?? {}, namesOf(model.events), ['groups', name, 'conversation', 'events', 'ratesPerHour'])
  }
  scenario.timeline.forEach((action, index) => checkAction(action, index))
  return problems

  function checkLife({ battery, services }: ScenarioGroup['life'], model: ThingModel, path: Path): void {
    const requireName = (name: string, known: readonly string[], at: Path, what: string): void => {
      if (!known.includes(name) && !name.includes(':'))
        problems.push(problemAt(at, unknownKey(name, known).replace('unknown key', `the product has no ${what}`), 'value'))
    }
    if (battery)
      requireName(battery.property, namesOf(model.properties), [...path, 'battery', 'property'], 'property')
    for (const deed of ['reboot', 'powerOff'] as const)
      services?.[deed].forEach((name, at) => requireName(name, namesOf(model.services), [...path, 'services', deed, at], 'service'))
  }

  function checkAction(action: ScenarioAction, index: number): void {
    switch (wordOf(action)) {
      case 'set': {
        const { set, behaviours = {}, life = {}, report } = action as ActionOf<'set'>
        const model = modelOf(set)
        if (model !== undefined) {
          requireKeys(behaviours, namesOf(model.properties), ['timeline', index, 'behaviours'])
          requireKeys(report?.deadBands ?? {}, namesOf(model.properties), ['timeline', index, 'report', 'deadBands'])
          checkLife(life, model, ['timeline', index, 'life'])
        }
        return
      }
      case 'setProperties': {
        const { setProperties, values } = action as ActionOf<'setProperties'>
        const model = modelOf(setProperties)
        if (model !== undefined)
          requireKeys(values, namesOf(model.properties.filter(({ accessMode }) => accessMode !== 'r')), ['timeline', index, 'values'])
        return
      }
      case 'invoke': {
        const { invoke, service: called, input } = action as ActionOf<'invoke'>
        const model = modelOf(invoke)
        if (model === undefined || called.includes(':'))
          return
        const service = model.services.find(({ identifier }) => identifier === called)
        if (service === undefined)
          problems.push(problemAt(['timeline', index, 'service'], unknownKey(called, namesOf(model.services)).replace('unknown key', 'the product has no service'), 'value'))
        else
          requireKeys(input, namesOf(service.inputData), ['timeline', index, 'input'])
      }
    }
  }
}

function namesOf(members: readonly { identifier: string }[]): string[] {
  return members.map(({ identifier }) => identifier)
}
