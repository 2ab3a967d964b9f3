import type { ApiClient } from '../shared/contract/contract.ts'
import type { ImportResult, ProductSummary } from '../shared/contract/product.ts'
import { nodeTypes } from '../shared/contract/product.ts'
import { AppError } from '../shared/errors.ts'
import { command } from './command.ts'
import { anyText, flag, jsonOption, oneOf, optional } from './option.ts'
import { productNameOf } from './product-name.ts'
import { readTextFile } from './read-text-file.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

/** `thingbench product import FILE`: makes a product from a thing model. */
export const productImport = command({
  path: ['product', 'import'],
  about: 'Make a product from a thing model file (TSL), or replace the model of one.',
  positionals: [
    { name: 'FILE', about: 'The thing model as the cloud\'s console exports it.' },
  ],
  options: {
    'update': flag('Replace the model of the product that has the file\'s product key.'),
    'name': optional(anyText, { about: 'Name of the product; without it, the file\'s name.', placeholder: 'NAME' }),
    'node-type': optional(oneOf(...nodeTypes), { about: 'What the devices of a new product are; without it, device.', placeholder: nodeTypes.join('|') }),
    'workspace': workspaceOption,
    'json': jsonOption,
  },
  examples: ['thingbench product import thermostat.json --json'],
  async run({ update, name, 'node-type': nodeType, workspace, json }, [file = ''], output) {
    const text = await readTextFile(file)
    const imported = await withWorkspace({ workspace, mayCreate: true }, client => client.call('product.importModel', {
      text,
      update,
      ...(nodeType === undefined ? {} : { nodeType }),
      // An update keeps the name it finds unless it is told another.
      ...(name !== undefined
        ? { name }
        : update
          ? {}
          : {
              name: productNameOf(file),
            }),
    }))
    for (const notice of imported.notices)
      output.note(notice)
    if (json)
      output.json({ productKey: imported.productKey, productSecret: imported.productSecret })
    else
      output.line(describeImport(imported))
    return 0
  },
})

function describeImport({ created, name, productKey, productSecret }: ImportResult): string {
  return created
    ? `Made product ${productKey} (${name}) with product secret ${productSecret}.`
    : `Replaced the thing model of product ${productKey} (${name}).`
}

/** `thingbench product list`: the products of a workspace. */
export const productList = command({
  path: ['product', 'list'],
  about: 'List the products of a workspace.',
  positionals: [],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench product list'],
  async run({ workspace, json }, _positionals, output) {
    const products = await withWorkspace({ workspace }, client => client.call('product.list', {}))
    for (const product of products) {
      if (json)
        output.json({ ...product })
      else
        output.line(describeProduct(product))
    }
    return 0
  },
})

function describeProduct(product: ProductSummary): string {
  return `${product.productKey}  ${product.name}: ${product.deviceCount} devices, ${product.onlineCount} online, ${product.propertyCount} properties, ${product.eventCount} events, ${product.serviceCount} services`
}

/** `thingbench product export PK`: the thing model in the cloud's own form. */
export const productExport = command({
  path: ['product', 'export'],
  about: 'Print the thing model of a product in the form that the cloud\'s console imports.',
  positionals: [
    { name: 'PRODUCT_KEY', about: 'The product, as product list shows it; needed when the workspace has more than one.', optional: true },
  ],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench product export a1Thermostat > thermostat.json'],
  async run({ workspace, json }, [named], output) {
    const { text } = await withWorkspace({ workspace }, async client => client.call('product.exportModel', { productKey: named ?? await onlyProduct(client) }))
    // With --json it is one line, like everything else; parsing it for that would spoil integers beyond 2^53.
    output.line(json ? text.replace(/\n\s*/g, '') : text)
    return 0
  },
})

async function onlyProduct(client: ApiClient): Promise<string> {
  const products = await client.call('product.list', {})
  const [first] = products
  if (first === undefined || products.length > 1)
    throw new AppError('product/not-found', `Which product is meant? The workspace has ${products.length}: name one by its product key.`, { productKeys: products.map(product => product.productKey) })
  return first.productKey
}

/** `thingbench product update PK --dynamic-registration on|off`. */
export const productUpdate = command({
  path: ['product', 'update'],
  about: 'Change a product: its name, its node type, or whether devices that know only its secret may register.',
  positionals: [
    { name: 'PRODUCT_KEY', about: 'The product, as product list shows it.' },
  ],
  options: {
    'dynamic-registration': optional(oneOf('on', 'off'), { about: 'Let devices that know only the product secret register.', placeholder: 'on|off' }),
    'name': optional(anyText, { about: 'New name of the product.', placeholder: 'NAME' }),
    'node-type': optional(oneOf(...nodeTypes), { about: 'What its devices are.', placeholder: nodeTypes.join('|') }),
    'workspace': workspaceOption,
    'json': jsonOption,
  },
  examples: ['thingbench product update a1Thermostat --dynamic-registration on'],
  async run({ 'dynamic-registration': registration, name, 'node-type': nodeType, workspace, json }, [productKey = ''], output) {
    const product = await withWorkspace({ workspace }, client => client.call('product.update', {
      productKey,
      ...(registration === undefined ? {} : { dynamicRegistration: registration === 'on' }),
      ...(name === undefined ? {} : { name }),
      ...(nodeType === undefined ? {} : { nodeType }),
    }))
    const { dynamicRegistration, productSecret } = product
    if (json)
      output.json({ productKey, name: product.name, nodeType: product.nodeType, dynamicRegistration, productSecret })
    else
      output.line(`Product ${productKey} (${product.name}, ${product.nodeType}): dynamic registration is ${dynamicRegistration ? `on, with product secret ${productSecret}` : 'off'}.`)
    return 0
  },
})
