import { command, UsageError } from './command.ts'
import { anyText, jsonOption, optional } from './option.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

const product = { name: 'PRODUCT_KEY', about: 'The product of the module.' }
const name = { name: 'NAME', about: 'The module: 1 to 64 letters, digits, dots, hyphens or underscores.' }
const alias = optional(anyText, { about: 'Another name for people, 4 to 64 characters.', placeholder: 'TEXT' })
const description = optional(anyText, { about: 'What it is.', placeholder: 'TEXT' })

/** `thingbench ota module list PK`. */
export const otaModuleList = command({
  path: ['ota', 'module', 'list'],
  about: 'List the modules of a product that are updated by themselves.',
  positionals: [product],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench ota module list a1Thermostat'],
  async run({ workspace, json }, [productKey = ''], output) {
    const { modules } = await withWorkspace({ workspace }, client => client.call('otaModule.list', { productKey }))
    for (const module of modules) {
      if (json)
        output.json({ ...module })
      else
        output.line(`${module.name}${module.alias === module.name ? '' : ` (${module.alias})`}${module.description === '' ? '' : `  ${module.description}`}`)
    }
    return 0
  },
})

/** `thingbench ota module create PK NAME`. */
export const otaModuleCreate = command({
  path: ['ota', 'module', 'create'],
  about: 'Make a module of a product.',
  positionals: [product, name],
  options: { alias, description, workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench ota module create a1Thermostat mcu --alias motor-board'],
  async run({ alias, description, workspace, json }, [productKey = '', name = ''], output) {
    const module = await withWorkspace({ workspace }, client => client.call('otaModule.create', { productKey, name, ...alias === undefined ? {} : { alias }, ...description === undefined ? {} : { description } }))
    if (json)
      output.json({ ...module })
    else
      output.line(`Made the module ${module.name}.`)
    return 0
  },
})

/** `thingbench ota module update PK NAME`. */
export const otaModuleUpdate = command({
  path: ['ota', 'module', 'update'],
  about: 'Change alias or description of a module; its name stays.',
  positionals: [product, name],
  options: { alias, description, workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench ota module update a1Thermostat mcu --alias motor-board --description motor'],
  async run({ alias, description, workspace, json }, [productKey = '', name = ''], output) {
    if (alias === undefined && description === undefined)
      throw new UsageError('Nothing is to be changed: expected --alias or --description.')
    const module = await withWorkspace({ workspace }, client => client.call('otaModule.update', { productKey, name, ...alias === undefined ? {} : { alias }, ...description === undefined ? {} : { description } }))
    if (json)
      output.json({ ...module })
    else
      output.line(`Changed the module ${module.name}.`)
    return 0
  },
})

/** `thingbench ota module delete PK NAME`. */
export const otaModuleDelete = command({
  path: ['ota', 'module', 'delete'],
  about: 'Delete a module that has no update packages.',
  positionals: [product, name],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench ota module delete a1Thermostat mcu'],
  async run({ workspace, json }, [productKey = '', name = ''], output) {
    await withWorkspace({ workspace }, client => client.call('otaModule.delete', { productKey, name }))
    if (json)
      output.json({ name, deleted: true })
    else
      output.line(`Deleted the module ${name}.`)
    return 0
  },
})
