import type { JsonValue } from '../../../src/shared/json.ts'
import type { Cause, Causes } from './bench.ts'
import { brokenModel } from '../every-type-product.ts'

const value = (params: Record<string, JsonValue>, names: RegExp): Cause => ({ provoke: bench => bench.report(params), names })
const model = (dataType: object, names: RegExp): Cause => ({ provoke: ({ api }) => api.call('product.importModel', { text: brokenModel(dataType) }).catch(() => {}), names })

/** Reports, and values against the thing model. */
export const valueCauses: Causes = {
  'REP/6320': value({ Intt: 1 }, /Intt: the thing model has no property/),
  'REP/6207': { provoke: ({ say, root }) => say(`${root}/thing/event/property/post`, '{"id":"1",'), names: /line 1, column/ },
  'VAL/6317': model({ type: 'struct', specs: 5 }, /struct members/),
  'VAL/6325': model({ type: 'array', specs: { size: '2', item: { type: 'date' } } }, /int, float, double, text or struct/),
  'VAL/6329': model({ type: 'array', specs: 5 }, /"size" and "item"/),
  'VAL/6314': model({ type: 'colour', specs: {} }, /"colour"/),
  'VAL/6332': { provoke: bench => bench.set({ Constant: 1 }), names: /Constant: the property can be read only/ },
  'VAL/6302': { provoke: bench => bench.invoke('Blink'), names: /Times: the parameter is missing/ },
  'VAL/6306': value({ Int: 400 }, /Int: 400 is above the maximum 100/),
  'VAL/6307': value({ Float: 'warm' }, /Float: "warm" is not a number/),
  'VAL/6322': value({ Double: 400 }, /Double: 400 is above the maximum 100/),
  'VAL/6308': value({ Bool: 2 }, /Bool: 2/),
  'VAL/6309': value({ Enum: 9 }, /Enum: 9 is none of the values/),
  'VAL/6310': value({ Text: 'much too long' }, /Text: the text has 13 bytes.*allows 8/),
  'VAL/6311': value({ Date: '2025-01-01' }, /Date: "2025-01-01"/),
  'VAL/6312': value({ Struct: 5 }, /Struct: 5 is not an object/),
  'VAL/6304': value({ Struct: { X: 1, Y: 2, Z: 3 } }, /Struct\.Z: the struct has no member/),
  'VAL/6324': value({ Array: [1, 2, 3] }, /Array: the array has 3 elements/),
  'VAL/6328': value({ Array: 5 }, /Array: 5 is not an array/),
}
