import type { Action, ActionContext } from '../action.ts'
import { action } from '../action.ts'
import { required, text } from '../parameter.ts'

const parameters = {
  ProductKey: required(text('The product, which has a custom data format.')),
  ScriptContent: required(text('The script, with the functions rawDataToProtocol and protocolToRawData.')),
  ScriptType: required(text('Scripts in Python_27 and PHP_72 are not here.', { oneOf: ['JavaScript'], code: 'iot.common.InvalidParameter' })),
}

async function submit({ ProductKey, ScriptContent }: { ProductKey: string, ScriptContent: string }, { call }: ActionContext): Promise<object> {
  await call('script.submit', { productKey: ProductKey, text: ScriptContent })
  return {}
}

const errors = { 'input/invalid': 'iot.common.InvalidParameter' } as const
const fields = { text: 'ScriptContent' }

/** Parsing scripts of products with a custom data format. */
export const scriptActions: Action[] = [
  action({ name: 'CreateThingScript', group: 'model', about: 'Gives a product with a custom data format its parsing script, which runs at once; one that it had is replaced.', parameters, answer: {}, errors, fields, run: submit }),
  action({ name: 'UpdateThingScript', group: 'model', about: 'Replaces the parsing script of a product; the new one runs at once.', parameters, answer: {}, errors, fields, run: submit }),
  action({
    name: 'GetThingScript',
    group: 'model',
    about: 'The parsing script of a product that runs now. ScriptUrl is an address with the text in it (`data:`).',
    parameters: { ProductKey: required(text('The product.')) },
    answer: { Data: { ScriptType: 's', ScriptUrl: 's' } },
    async run({ ProductKey }, { call }) {
      const { submitted } = await call('script.get', { productKey: ProductKey })
      return submitted === null ? {} : { Data: { ScriptType: 'JavaScript', ScriptUrl: `data:text/javascript;charset=utf-8;base64,${Buffer.from(submitted.text).toString('base64')}` } }
    },
  }),
]
