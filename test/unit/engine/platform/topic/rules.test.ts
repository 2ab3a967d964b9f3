import { describe, expect, it } from 'vitest'
import { compileRights, describeRefusal } from '../../../../../src/engine/platform/topic/rules.ts'

const device = { productKey: 'a1', deviceName: 'd1' }
const rights = compileRights([
  { path: 'update', operation: 'PUB' },
  { path: 'get', operation: 'SUB' },
  { path: 'both', operation: 'ALL' },
  { path: 'rooms/+', operation: 'SUB' },
])

describe('the rights of a product', () => {
  it.each([
    ['PUB', 'update', true],
    ['SUB', 'update', false],
    ['PUB', 'get', false],
    ['SUB', 'get', true],
    ['PUB', 'both', true],
    ['SUB', 'both', true],
    ['SUB', 'rooms/7', true],
    ['PUB', 'rooms/7', false],
    ['PUB', 'update?_sn=default', true],
    ['PUB', 'nothing', false],
  ] as const)('for %s on %s: %s', (operation, path, isPermitted) => {
    expect(rights.permits(operation, path)).toBe(isPermitted)
  })

  it('are explained with the category that is missing', () => {
    expect(describeRefusal('PUB', device, 'lamp/on?_sn=default', rights.find('lamp/on'))).toBe('a1/d1 may not publish on /a1/d1/user/lamp/on?_sn=default: product a1 has no topic category for it. Add the category user/lamp/on with PUB or ALL.')
  })

  it('are explained with the category that is there', () => {
    expect(describeRefusal('SUB', device, 'update', rights.find('update'))).toBe('a1/d1 may not subscribe to /a1/d1/user/update: the category user/update of product a1 allows only publishing (PUB). Give it ALL, or add a category for this topic.')
  })
})
