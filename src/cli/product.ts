import type { ImportResult, ProductSummary } from '../shared/contract/product.ts'
import { nodeTypes, validationLevels } from '../shared/contract/product.ts'
import { command } from './command.ts'
import { onlyProduct } from './only-product.ts'
import { anyText, flag, jsonOption, oneOf, optional } from './option.ts'
import { productNameOf } from './product-name.ts'
import { readModelFiles } from './read-model-files.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

/** `thingbench product import FILE`: makes a product from a thing model. */
export const productImport = command({
  path: ['product', 'import'],
  about: 'Make a product from a thing model file (TSL), or give a new version of its model to one.',
  positionals: [
    { name: 'FILE', about: 'The thing model as the cloud\'s console exports it: JSON, or the zip archive; several files when there are custom modules.', repeated: true },
  ],
  options: {
    'update': flag('Replace the model of the product that has the file\'s product key.'),
    'product': optional(anyText, { about: 'Replace the model of this product.', placeholder: 'PRODUCT_KEY' }),
    'draft': flag('Put it into the draft; devices are checked by it once that is published.'),
    'name': optional(anyText, { about: 'Name of the product; without it, the file\'s name.', placeholder: 'NAME' }),
    'node-type': optional(oneOf(...nodeTypes), { about: 'What the devices of a new product are; without it, device.', placeholder: nodeTypes.join('|') }),
    'workspace': workspaceOption,
    'json': jsonOption,
  },
  examples: ['thingbench product import thermostat.json --json', 'thingbench product import model.zip --product a1Thermostat --draft'],
  async run({ update, product, draft, name, 'node-type': nodeType, workspace, json }, files, output) {
    const [text = '', ...more] = await readModelFiles(files)
    const imported = await withWorkspace({ workspace, mayCreate: true }, client => client.call('product.importModel', {
      text,
      more,
      update,
      ...(nodeType === undefined ? {} : { nodeType }),
      asDraft: draft,
      ...(product !== undefined && { productKey: product }),
      // An update keeps the name it finds unless it is told another.
      ...(name !== undefined
        ? { name }
        : update || product !== undefined
          ? {}
          : {
              name: productNameOf(files[0] ?? ''),
            }),
    }))
    for (const notice of imported.notices)
      output.note(notice)
    if (json)
      output.json({ productKey: imported.productKey, productSecret: imported.productSecret, version: imported.version })
    else
      output.line(describeImport(imported))
    return 0
  },
})

function describeImport({ created, name, productKey, productSecret, version }: ImportResult): string {
  if (version === null)
    return `The draft of product ${productKey} (${name}) has it now; model publish makes it count.`
  return created
    ? `Made product ${productKey} (${name}) with product secret ${productSecret}.`
    : `Replaced the thing model of product ${productKey} (${name}): version ${version}.`
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
  options: {
    module: optional(anyText, { about: 'Id of a custom module instead of the default one.', placeholder: 'ID' }),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench product export a1Thermostat > thermostat.json'],
  async run({ module, workspace, json }, [named], output) {
    const { text } = await withWorkspace({ workspace }, async client => client.call('product.exportModel', {
      productKey: named ?? await onlyProduct(client),
      ...(module !== undefined && { functionBlockId: module }),
    }))
    // With --json it is one line, like everything else; parsing it for that would spoil integers beyond 2^53.
    output.line(json ? text.replace(/\n\s*/g, '') : text)
    return 0
  },
})

/** `thingbench product update PK --dynamic-registration on|off`. */
export const productUpdate = command({
  path: ['product', 'update'],
  about: 'Change a product: its name, its node type, how its reports are checked, or whether devices that know only its secret may register.',
  positionals: [
    { name: 'PRODUCT_KEY', about: 'The product, as product list shows it.' },
  ],
  options: {
    'dynamic-registration': optional(oneOf('on', 'off'), { about: 'Let devices that know only the product secret register.', placeholder: 'on|off' }),
    'name': optional(anyText, { about: 'New name of the product.', placeholder: 'NAME' }),
    'node-type': optional(oneOf(...nodeTypes), { about: 'What its devices are.', placeholder: nodeTypes.join('|') }),
    'validation': optional(oneOf(...validationLevels), { about: 'How reports are checked: weak drops what does not fit, strict refuses the whole report, none takes everything.', placeholder: validationLevels.join('|') }),
    'workspace': workspaceOption,
    'json': jsonOption,
  },
  examples: ['thingbench product update a1Thermostat --dynamic-registration on'],
  async run({ 'dynamic-registration': registration, name, 'node-type': nodeType, validation, workspace, json }, [productKey = ''], output) {
    const product = await withWorkspace({ workspace }, client => client.call('product.update', {
      productKey,
      ...(registration === undefined ? {} : { dynamicRegistration: registration === 'on' }),
      ...(name === undefined ? {} : { name }),
      ...(nodeType === undefined ? {} : { nodeType }),
      ...(validation === undefined ? {} : { validation }),
    }))
    const { dynamicRegistration, productSecret } = product
    if (json)
      output.json({ productKey, name: product.name, nodeType: product.nodeType, validation: product.validation, dynamicRegistration, productSecret })
    else
      output.line(`Product ${productKey} (${product.name}, ${product.nodeType}): dynamic registration is ${dynamicRegistration ? `on, with product secret ${productSecret}` : 'off'}.`)
    return 0
  },
})
