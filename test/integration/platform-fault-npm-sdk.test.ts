import { expect, it } from 'vitest'
import { connectNpmDevice } from '../support/npm-sdk.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const scope = { productKey: 'a1Test', deviceName: 'dev-0001' }

it('is met by the npm device SDK: a late answer, a refusal with its code, and a kick after which it comes back', async () => {
  const { api, mqtt } = await startEngine()
  const device = await connectNpmDevice(mqtt, await makeDevice(api))
  const answers: unknown[] = []
  const tag = (attrValue: string): void => device.postTags([{ attrKey: 'room', attrValue }], reply => answers.push(reply))

  await api.call('platformFault.set', { ...scope, faults: [{ kind: 'delay', minMs: 200, maxMs: 300, of: ['tag'] }] })
  tag('hall')
  await waitFor(() => answers.length === 1)
  expect(answers[0]).toMatchObject({ code: 200 })
  const { faults: [delay] } = await api.call('platformFault.list', scope)
  expect(delay).toMatchObject({ struck: 1 })

  await api.call('platformFault.set', { ...scope, faults: [{ kind: 'refuse', code: 429, of: ['tag'] }] })
  tag('kitchen')
  await waitFor(() => answers.length === 2)
  expect(answers[1]).toMatchObject({ code: 429 })
  expect(await api.call('tag.list', scope)).toMatchObject({ tags: [{ key: 'room', value: 'hall' }] })

  let connects = 0
  device.on('connect', () => connects++)
  await api.call('platformFault.disconnect', scope)
  await waitFor(() => connects === 1)
}, 30_000)
