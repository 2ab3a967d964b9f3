import type { TaskState } from '../../../../src/shared/ota/task.ts'
import { expect, it } from 'vitest'
import { settle } from '../../../../src/shared/ota/conflict.ts'

const pending: TaskState[] = ['CONFIRM', 'QUEUED', 'NOTIFIED']
const neither = { severalModules: false, overrides: false }
const overriding = { severalModules: false, overrides: true }
const several = { severalModules: true, overrides: false }

it('lets the older task go on and fails the new one when the batch says nothing', () => {
  for (const state of [...pending, 'IN_PROGRESS'] as const)
    expect(settle('default', [{ module: 'mcu', state }], neither, false)).toEqual({ starts: false, cancelled: [] })
})

it('cancels an older task of any module that is not in progress when the batch overrides', () => {
  for (const state of pending)
    expect(settle('default', [{ module: 'mcu', state }], overriding, false)).toEqual({ starts: true, cancelled: [0] })
  expect(settle('default', [{ module: 'mcu', state: 'IN_PROGRESS' }], overriding, false)).toEqual({ starts: false, cancelled: [] })
})

it('with several modules displaces only a task of the same module, unless that is in progress', () => {
  expect(settle('default', [{ module: 'mcu', state: 'IN_PROGRESS' }], several, false)).toEqual({ starts: true, cancelled: [] })
  for (const state of pending)
    expect(settle('mcu', [{ module: 'wifi', state: 'QUEUED' }, { module: 'mcu', state }], several, false)).toEqual({ starts: true, cancelled: [1] })
  expect(settle('mcu', [{ module: 'mcu', state: 'IN_PROGRESS' }], several, false)).toEqual({ starts: false, cancelled: [] })
})

it('lets five modules be updated at once, and a sixth only without the cloud\'s limits', () => {
  const five = ['a', 'b', 'c', 'd', 'e'].map(module => ({ module, state: 'QUEUED' as const }))
  expect(settle('f', five, several, true).starts).toBe(false)
  expect(settle('f', five, several, false).starts).toBe(true)
  expect(settle('e', five, several, true)).toEqual({ starts: true, cancelled: [4] })
})
