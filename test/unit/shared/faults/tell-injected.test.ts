import { expect, it } from 'vitest'
import { tellInjected } from '../../../../src/shared/faults/tell-injected.ts'

const offline = { bizCode: 'device', operation: 'offline', code: 427, message: '[injected] The device was kicked on purpose.' }

it('gives what was done on purpose a step of its own, with the same code and sentence', () => {
  expect(tellInjected([offline], 'kick')).toEqual([offline, { ...offline, bizCode: 'FaultInjection', operation: 'kick' }])
})

it('leaves alone what nobody did on purpose, and what says so already', () => {
  const honest = { bizCode: 'device', operation: 'offline', code: 427, message: 'The device was kicked.' }
  const told = [{ bizCode: 'FaultInjection', operation: 'drop', code: 1901, message: '[injected] The message was dropped.' }, { bizCode: 'downlink', operation: '/t', code: 1901, message: '[injected] The message was dropped.' }]
  expect(tellInjected([honest, { bizCode: 'uplink', operation: '/t', code: 200 }], 'kick')).toHaveLength(2)
  expect(tellInjected(told, 'drop')).toEqual(told)
})
