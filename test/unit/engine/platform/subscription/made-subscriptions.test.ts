import { expect, it } from 'vitest'
import { matchesFilter } from '../../../../../src/engine/broker/topic-filter.ts'
import { MadeSubscriptions } from '../../../../../src/engine/platform/subscription/made-subscriptions.ts'

const stored = [{ deviceId: 1, filter: '/p/d/user/+', madeAt: 5 }]
const open = () => MadeSubscriptions.open({ read: () => Promise.resolve(stored as never) }, matchesFilter)

it('knows what the workspace holds, wildcards and all', async () => {
  const made = await open()
  expect(made.has(1, '/p/d/user/get')).toBe(true)
  expect(made.has(1, '/p/d/user/get/more')).toBe(false)
  expect(made.has(2, '/p/d/user/get')).toBe(false)
  expect([...made.of(1)]).toEqual([['/p/d/user/+', 5]])
})

it('says what has to be written, and nothing for what was not there', async () => {
  const made = await open()
  expect(made.add(2, '/a', 7)).toMatchObject({ key: 'subscription 2 /a', statement: { params: [2, '/a', 7] } })
  expect(made.has(2, '/a')).toBe(true)
  expect(made.remove(2, '/a')).toMatchObject({ key: 'subscription 2 /a', statement: { params: [2, '/a'] } })
  expect(made.remove(2, '/a')).toBeNull()
  expect(made.forget(1)).toMatchObject([{ params: [1] }])
  expect(made.has(1, '/p/d/user/get')).toBe(false)
})
