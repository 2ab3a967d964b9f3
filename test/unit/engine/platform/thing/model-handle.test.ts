import fc from 'fast-check'
import { expect, it } from 'vitest'
import { answerModelGet, answerReducedModelGet } from '../../../../../src/engine/platform/thing/model-handle.ts'
import { compileThingModel } from '../../../../../src/shared/thing-model/compile.ts'
import { parseThingModel } from '../../../../../src/shared/thing-model/parse.ts'
import { talkingModel } from '../../../../support/talking-product.ts'

const model = compileThingModel(parseThingModel(JSON.stringify(talkingModel)).model!)
const device = { deviceId: 1, productKey: 'a1Talk', deviceName: 'lamp-0001' }

it('gives a device without a thing model an empty one', () => {
  expect(answerModelGet({ device, model: null }).data).toMatchObject({ link: '/sys/a1Talk/lamp-0001/thing/', profile: { productKey: 'a1Talk', deviceName: 'lamp-0001' }, properties: [], events: [], services: [] })
})

it('keeps the values of plain types whole when it keeps only some keys', () => {
  const struct = compileThingModel(parseThingModel(JSON.stringify({ properties: [
    { identifier: 'P', name: 'P', accessMode: 'r', dataType: { type: 'struct', specs: [{ identifier: 'x', name: 'x', dataType: { type: 'int', specs: { min: '0', max: '9' } } }] } },
    { identifier: 'L', name: 'L', accessMode: 'r', dataType: { type: 'array', specs: { size: '4', item: { type: 'int' } } } },
  ], events: [], services: [] })).model!)
  expect(answerReducedModelGet({ device, model: struct }, { nodes: ['identifier', 'type'], addDefault: false }).data).toMatchObject({ properties: [
    { identifier: 'P', dataType: { type: 'struct', specs: [{ identifier: 'x', dataType: { type: 'int', specs: { min: '0', max: '9' } } }] } },
    { identifier: 'L', dataType: { type: 'array', specs: { size: '4', item: { type: 'int' } } } },
  ] })
})

it('answers any params', () => {
  fc.assert(fc.property(fc.jsonValue(), (params) => {
    const { data, issue } = answerReducedModelGet({ device, model }, params as never)
    expect(data !== undefined || issue?.code === 460).toBe(true)
  }))
})
