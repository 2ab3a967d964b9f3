export const everyTypeProductKey = 'a1Types'

const specs = { min: '0', max: '100', step: '1' }
const property = (identifier: string, dataType: object, accessMode = 'rw') => ({ identifier, name: identifier, accessMode, required: false, dataType })

/** A thing model with a property of every type that a value can fail, named after the type. */
export const everyTypeModel = {
  profile: { productKey: everyTypeProductKey },
  properties: [
    property('Int', { type: 'int', specs }),
    property('Float', { type: 'float', specs }),
    property('Double', { type: 'double', specs }),
    property('Long', { type: 'long', specs: {} }),
    property('Bool', { type: 'bool', specs: { 0: 'off', 1: 'on' } }),
    property('Enum', { type: 'enum', specs: { 1: 'slow', 2: 'fast' } }),
    property('Text', { type: 'text', specs: { length: '8' } }),
    property('Date', { type: 'date', specs: {} }),
    property('Struct', { type: 'struct', specs: [{ identifier: 'X', name: 'X', dataType: { type: 'int', specs } }, { identifier: 'Y', name: 'Y', dataType: { type: 'int', specs } }] }),
    property('Array', { type: 'array', specs: { size: '2', item: { type: 'int' } } }),
    property('Constant', { type: 'int', specs }, 'r'),
  ],
  events: [],
  services: [
    { identifier: 'Blink', name: 'Blink', callType: 'sync', required: false, method: 'thing.service.Blink', inputData: [{ identifier: 'Times', name: 'Times', dataType: { type: 'int', specs } }], outputData: [] },
  ],
}

/** A file whose one property has a type that no model may have. */
export function brokenModel(dataType: object): string {
  return JSON.stringify({ profile: { productKey: 'a1Broken' }, properties: [property('Wrong', dataType)], events: [], services: [] })
}
