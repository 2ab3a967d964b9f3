import { expect, it } from 'vitest'
import { cancelForms, cancelTasksForms, confirmForms, editForms, pauseForms, retryForms } from '../../../../../src/ui/features/ota/batches/batch-forms.ts'
import { runForms } from '../../../../../src/ui/features/ota/gym/gym-forms.ts'
import { moduleDeleteForms, moduleForms, packageCreateForms, packageDeleteForms, packageEditForms } from '../../../../../src/ui/features/ota/ota-forms.ts'
import { readForms } from '../../../../support/copy-forms.ts'

const wish = { files: ['app 2.bin', 'boot.bin'], productKey: 'a1Lamp', module: 'default', name: 'app-2', kind: 'full' as const, version: '2.0', sourceVersion: '', signMethod: 'SHA256' as const, verify: false, description: '', udi: '' }

it('makes packages of files', () => {
  expect(readForms(packageCreateForms(wish))).toEqual({ cli: { path: 'ota package create', positionals: ['app 2.bin', 'boot.bin'], values: { product: 'a1Lamp', version: '2.0', name: 'app-2', sign: 'SHA256' } }, api: null })
  expect(readForms(packageCreateForms({ ...wish, kind: 'diff', sourceVersion: '1.0', module: 'mcu', verify: true, description: 'new', udi: '{"a":1}' })).cli?.values).toMatchObject({ from: '1.0', module: 'mcu', verify: true, description: 'new', udi: '{"a":1}' })
})

it('changes and deletes packages', () => {
  const before = { packageId: 'p1', name: 'app', description: 'old', udi: '' }
  expect(readForms(packageEditForms(before, { name: 'app-2', description: 'new', udi: '' }))).toEqual({
    cli: { path: 'api call', positionals: ['ModifyOTAFirmware', 'FirmwareId=p1', 'FirmwareName=app-2', 'FirmwareDesc=new'], values: {} },
    api: { action: 'ModifyOTAFirmware', values: { FirmwareId: 'p1', FirmwareName: 'app-2', FirmwareDesc: 'new' } },
  })
  expect(packageEditForms(before, { name: 'app', description: '', udi: '' })).toEqual({})
  expect(readForms(packageDeleteForms(before))).toMatchObject({ cli: { path: 'ota package delete', positionals: ['p1'] }, api: { action: 'DeleteOTAFirmware', values: { FirmwareId: 'p1' } } })
})

it('makes, changes and deletes modules', () => {
  const module = { productKey: 'a1Lamp', name: 'mcu', alias: 'motor', description: 'turns' }
  expect(readForms(moduleForms(null, module))).toEqual({
    cli: { path: 'ota module create', positionals: ['a1Lamp', 'mcu'], values: { alias: 'motor', description: 'turns' } },
    api: { action: 'CreateOTAModule', values: { ProductKey: 'a1Lamp', ModuleName: 'mcu', AliasName: 'motor', Desc: 'turns' } },
  })
  expect(readForms(moduleForms({ description: '' }, { ...module, description: '' }))).toMatchObject({ cli: { path: 'ota module update', values: { alias: 'motor' } }, api: { action: 'UpdateOTAModule' } })
  expect(moduleForms({ description: 'turns' }, { ...module, description: '' })).toEqual({})
  expect(readForms(moduleDeleteForms(module))).toMatchObject({ cli: { path: 'ota module delete', positionals: ['a1Lamp', 'mcu'] }, api: { action: 'DeleteOTAModule' } })
})

it('pauses, confirms and retries batches', () => {
  expect(readForms(pauseForms('pause', 'b1')).cli).toEqual({ path: 'ota batch pause', positionals: ['b1'], values: {} })
  expect(readForms(confirmForms('b1'))).toEqual({ cli: { path: 'ota batch confirm', positionals: ['b1'], values: {} }, api: null })
  expect(readForms(confirmForms('b1', ['7', '8']))).toMatchObject({ cli: { values: { tasks: ['7', '8'] } }, api: { action: 'ConfirmOTATask', values: { TaskId: ['7', '8'] } } })
  expect(readForms(retryForms('b1')).cli).toEqual({ path: 'ota batch retry', positionals: ['b1'], values: {} })
  expect(readForms(retryForms('b1', ['7']))).toMatchObject({ cli: { values: { tasks: ['7'] } }, api: { action: 'ReupgradeOTATask', values: { JobId: 'b1', TaskId: ['7'] } } })
})

it('cancels of a batch what is ticked', () => {
  const none = { policy: false, scheduled: false, unconfirmed: false, queued: false, notified: false, inProgress: false }
  const batch = { batchId: 'b1', dynamic: true }
  expect(readForms(cancelForms(batch, { ...none, queued: true, inProgress: true }))).toEqual({
    cli: { path: 'ota batch cancel', positionals: ['b1'], values: { only: ['queued', 'in-progress'] } },
    api: { action: 'CancelOTATaskByJob', values: { JobId: 'b1', CancelQueuedTask: true, CancelInProgressTask: true } },
  })
  // Without it, the cloud takes those that wait for being confirmed along with the queued ones.
  expect(cancelForms(batch, { ...none, queued: true }).api?.parameters.CancelUnconfirmedTask).toBe('false')
  expect(readForms(cancelForms(batch, { ...none, policy: true }))).toMatchObject({ cli: { values: { only: ['policy'] } }, api: { action: 'CancelOTAStrategyByJob', values: { JobId: 'b1' } } })
  expect(readForms(cancelForms(batch, { ...none, policy: true, notified: true }))).toMatchObject({ cli: { values: { only: ['policy', 'notified'] } }, api: null })
  expect(cancelForms({ ...batch, dynamic: false }, { ...none, policy: true })).toEqual({})
  expect(readForms(cancelTasksForms('b1', ['7'], true)).cli).toEqual({ path: 'ota batch cancel', positionals: ['b1'], values: { 'tasks': ['7'], 'in-progress': true } })
})

it('changes a batch, in the cloud\'s API with all tags that it has', () => {
  const batch = { batchId: 'b1', rate: { kind: 'constant' as const, perMinute: 10 }, tags: { by: 'me' } }
  expect(readForms(editForms(batch, { rate: { kind: 'constant', perMinute: 50 }, timeoutMinutes: 30, sourceVersions: ['1.0', '1.1'] }))).toEqual({
    cli: { path: 'ota batch update', positionals: ['b1'], values: { rate: { kind: 'constant', perMinute: 50 }, timeout: 30, from: ['1.0', '1.1'] } },
    api: { action: 'UpdateOTAJob', values: { JobId: 'b1', MaximumPerMinute: 50, Tags: [{ Key: 'by', Value: 'me' }], TimeoutInMinutes: 30, SrcVersionList: ['1.0', '1.1'] } },
  })
  expect(readForms(editForms(batch, { timeoutMinutes: null, tags: {} }))).toMatchObject({ cli: { values: { timeout: null, tags: {} } }, api: null })
  const growing = { kind: 'growing' as const, base: 5, factor: 2, max: 100, threshold: 10, counts: 'pushed' as const }
  expect(readForms(editForms({ ...batch, rate: growing }, { rate: { ...growing, max: 200 } }))).toMatchObject({ cli: { values: { rate: { max: 200 } } }, api: { values: { MaximumPerMinute: 200 } } })
  expect(editForms({ ...batch, rate: growing }, { rate: { ...growing, base: 6 } }).api).toBeUndefined()
  expect(editForms(batch, {})).toEqual({})
})

it('starts a run of the gym without waiting for its end', () => {
  const run = { fleetId: 'f1', packageId: 'p1', conduct: { endings: [{ ending: 'succeeds' as const, share: 9 }, { ending: 'stalls' as const, share: 1 }], percent: 60 }, pushes: true, timeoutMinutes: 2, retryMinutes: 0, retriesMax: 3 }
  expect(readForms(runForms(run)).cli).toEqual({
    path: 'ota gym run',
    positionals: ['f1', 'p1'],
    values: { endings: { endings: run.conduct.endings, percent: 60 }, timeout: 2, retry: 0, retries: 3, wait: 0 },
  })
  expect(runForms({ ...run, timeoutMinutes: 0.5 })).toEqual({})
  expect(runForms({ ...run, pushes: false })).toEqual({})
})
