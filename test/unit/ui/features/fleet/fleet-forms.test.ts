import { expect, it } from 'vitest'
import { defaultConversation } from '../../../../../src/shared/contract/fleet-conversation.ts'
import { defaultLife } from '../../../../../src/shared/contract/fleet-life.ts'
import { plainReport } from '../../../../../src/shared/contract/fleet-report.ts'
import { defaultConfigConduct, defaultUpdates } from '../../../../../src/shared/contract/fleet-updates.ts'
import { createForms, runForms, updateForms } from '../../../../../src/ui/features/fleet/fleet-forms.ts'
import { readForms } from '../../../../support/copy-forms.ts'

const fleet = { fleetId: 'f1' }

it('starts, stops and deletes a fleet by its id', () => {
  for (const verb of ['start', 'stop', 'delete'] as const)
    expect(readForms(runForms(verb, fleet))).toEqual({ cli: { path: `fleet ${verb}`, positionals: ['f1'], values: {} }, api: null })
})

it('makes a fleet as the form does', () => {
  expect(readForms(createForms({ productKey: 'a1Lamp', name: 'My lamps', prefix: 'lamp', count: 20, intervalSec: 0.5, qos: 0, connectPerSec: 10, seed: 7 })).cli).toEqual({
    path: 'fleet create',
    positionals: [],
    values: { 'product': 'a1Lamp', 'prefix': 'lamp', 'name': 'My lamps', 'count': 20, 'interval': 0.5, 'qos': '0', 'connect-rate': 10, 'seed': 7 },
  })
})

it('changes all of a fleet, also what it says and does', () => {
  const behaviours = { Level: { kind: 'walk' as const, min: 0, max: 9, step: 1 } }
  const read = readForms(updateForms(fleet, { count: 5, behaviours, conversation: defaultConversation, updates: defaultUpdates, config: defaultConfigConduct, network: null, misbehaviour: [], report: plainReport, life: defaultLife })).cli
  expect(read).toEqual({ path: 'fleet update', positionals: ['f1'], values: { count: 5, behaviours, conversation: defaultConversation, updates: defaultUpdates, config: defaultConfigConduct, network: null, misbehaviour: [], report: plainReport, life: defaultLife } })
})
