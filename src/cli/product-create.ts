import { dataFormats, nodeTypes } from '../shared/contract/product.ts'
import { command } from './command.ts'
import { anyText, jsonOption, oneOf, optional, required, withDefault } from './option.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

/** `thingbench product create --name NAME`: makes a product without a thing model. */
export const productCreate = command({
  path: ['product', 'create'],
  about: 'Make a product without a thing model, such as that of a gateway.',
  positionals: [],
  options: {
    'name': required(anyText, { about: 'Name of the product.', placeholder: 'NAME' }),
    'product-key': optional(anyText, { about: 'Its product key; without it one is made.', placeholder: 'PK' }),
    'node-type': withDefault(oneOf(...nodeTypes), 'device', { about: 'What its devices are: they connect by themselves, have sub-devices, or talk through a gateway.', placeholder: nodeTypes.join('|') }),
    'format': withDefault(oneOf(...dataFormats), 'alink', { about: 'What its devices send: Alink JSON, or bytes that a script of the product parses.', placeholder: dataFormats.join('|') }),
    'workspace': workspaceOption,
    'json': jsonOption,
  },
  examples: ['thingbench product create --name Gateway --node-type gateway --json', 'thingbench product create --name Probe --format raw'],
  async run({ name, 'product-key': wishedKey, 'node-type': nodeType, format, workspace, json }, _positionals, output) {
    const { productKey, productSecret } = await withWorkspace({ workspace, mayCreate: true }, client => client.call('product.create', {
      name,
      nodeType,
      dataFormat: format,
      ...(wishedKey === undefined ? {} : { productKey: wishedKey }),
    }))
    if (json)
      output.json({ productKey, productSecret, nodeType, dataFormat: format })
    else
      output.line(`Made product ${productKey} (${name}, ${nodeType}) with product secret ${productSecret}.`)
    return 0
  },
})
