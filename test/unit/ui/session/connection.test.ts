import type { ApiClient } from '../../../../src/shared/contract/contract.ts'
import { expect, it } from 'vitest'
import { createEngineDouble } from './engine-double.ts'

it('counts connections, remembers since when one is lost, and knows a refusal for final', () => {
  const { session, set } = createEngineDouble({} as ApiClient)
  const { state } = session
  expect(state.value).toEqual({ kind: 'connecting' })
  set({ state: 'online' })
  expect(state.value).toEqual({ kind: 'connected', epoch: 1 })
  set({ state: 'lost', problem: 'broken' })
  const lost = state.value
  set({ state: 'lost', attempts: 2 })
  expect(state.value).toBe(lost)
  set({ state: 'online' })
  expect(state.value).toEqual({ kind: 'connected', epoch: 2 })
  set({ state: 'refused', problem: 'used token' })
  expect(state.value).toEqual({ kind: 'refused', message: 'used token' })
})
