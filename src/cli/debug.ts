import type { DebugAction } from '../shared/contract/debug-action.ts'
import type { DeviceCommand } from '../shared/contract/device-command.ts'
import { debugActionContentSchema } from '../shared/contract/debug-action.ts'
import { limits } from '../shared/limits.ts'
import { command, UsageError } from './command.ts'
import { jsonOption, seconds, wholeNumber, withDefault } from './option.ts'
import { readObject } from './property-values.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

const product = { name: 'PRODUCT_KEY', about: 'The product of the device.' }
const device = { name: 'DEVICE_NAME', about: 'The device, as device list shows it.' }
const actionName = { name: 'ACTION', about: 'The name of the saved action.' }

/** `thingbench debug actions PK`: the saved actions of a product, in the order of their keys. */
export const debugActions = command({
  path: ['debug', 'actions'],
  about: 'List the saved actions of a product; the first nine have the keys 1 to 9 on the page.',
  positionals: [product],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench debug actions a1Thermostat'],
  async run({ workspace, json }, [productKey = ''], output) {
    const { actions } = await withWorkspace({ workspace }, client => client.call('debugAction.list', { productKey }))
    actions.forEach(({ actionId, name, content }, index) => {
      if (json)
        output.json({ actionId, name, content })
      else
        output.line(`${index < 9 ? index + 1 : ' '}  ${name}  ${describe({ content })}`)
    })
    return 0
  },
})

function describe({ content }: Pick<DebugAction, 'content'>): string {
  switch (content.kind) {
    case 'get':
      return `get ${content.properties.join(', ')}`
    case 'service':
      return `call ${content.service} ${JSON.stringify(content.input)}`
    case 'message':
      return `send to ${content.topic}`
    default:
      return `${content.kind} ${JSON.stringify(content.properties)}`
  }
}

/** `thingbench debug save PK ACTION JSON`: keeps an action under a name. */
export const debugSave = command({
  path: ['debug', 'save'],
  about: 'Keep an action of a product under a name, in the place of one that has it already.',
  positionals: [
    product,
    actionName,
    { name: 'JSON', about: 'What it does, as debug actions --json prints it: kind is get, set, desired, service or message.' },
  ],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: [
    'thingbench debug save a1Thermostat "Warm up" \'{"kind":"set","properties":{"targetTemperature":24}}\'',
    'thingbench debug save a1Thermostat "Too hot" \'{"kind":"set","properties":{"targetTemperature":200},"unchecked":true}\'',
  ],
  async run({ workspace, json }, [productKey = '', name = '', text = ''], output) {
    const content = debugActionContentSchema.safeParse(readObject(text))
    if (!content.success)
      throw new UsageError(`JSON: ${content.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim()).join('; ')}.`)
    const saved = await withWorkspace({ workspace }, async (client) => {
      const known = (await client.call('debugAction.list', { productKey })).actions.find(action => action.name === name)
      return client.call('debugAction.save', { productKey, name, content: content.data, ...(known && { actionId: known.actionId }) })
    })
    if (json)
      output.json({ actionId: saved.actionId, name: saved.name, content: saved.content })
    else
      output.line(`Saved ${JSON.stringify(saved.name)}: ${describe(saved)}.`)
    return 0
  },
})

/** `thingbench debug delete PK ACTION`. */
export const debugDelete = command({
  path: ['debug', 'delete'],
  about: 'Delete a saved action of a product.',
  positionals: [product, actionName],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench debug delete a1Thermostat "Warm up"'],
  async run({ workspace, json }, [productKey = '', name = ''], output) {
    await withWorkspace({ workspace }, async (client) => {
      const { actions } = await client.call('debugAction.list', { productKey })
      // An action that is not there has the id 0, which the engine says in its own words.
      await client.call('debugAction.delete', { productKey, actionId: actions.find(action => action.name === name)?.actionId ?? 0 })
    })
    if (json)
      output.json({ productKey, name, deleted: true })
    else
      output.line(`Deleted ${JSON.stringify(name)} of product ${productKey}.`)
    return 0
  },
})

/** `thingbench debug run PK NAME ACTION`: does with a device what a saved action says. */
export const debugRun = command({
  path: ['debug', 'run'],
  about: 'Do with a device what a saved action says, and print what it answers.',
  positionals: [product, device, actionName],
  options: {
    timeout: withDefault(seconds(0, limits.callTimeoutMsMax / 1000), limits.callTimeoutMs / 1000, { about: 'How long to wait for the answer; 0: do not wait.', placeholder: 'S' }),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench debug run a1Thermostat kitchen "Warm up"'],
  async run({ timeout, workspace, json }, [productKey = '', deviceName = '', action = ''], output) {
    const { name, kind, code, message, data, messageId, elapsedMs } = await withWorkspace({ workspace }, client => client.call('debugAction.run', { productKey, deviceName, action, timeoutMs: Math.round(timeout * 1000) }))
    if (json)
      output.json({ name, kind, messageId, code, message, data, elapsedMs })
    else
      output.line(`${name}: ${code === null ? 'sent' : `${code}${elapsedMs === null ? '' : ` after ${elapsedMs} ms`}`}${data === null ? '' : `: ${JSON.stringify(data)}`}`)
    if (code === null || code === 200)
      return 0
    output.note(message)
    return 1
  },
})

/** `thingbench debug history PK NAME`: the commands to a device with what became of them. */
export const debugHistory = command({
  path: ['debug', 'history'],
  about: 'Show the last commands to a device, whoever gave them, with their answers; oldest first.',
  positionals: [product, device],
  options: {
    last: withDefault(wholeNumber(1, 500), 20, { about: 'How many.', placeholder: 'N' }),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench debug history a1Thermostat kitchen --last 5'],
  async run({ last, workspace, json }, [productKey = '', deviceName = ''], output) {
    const { commands } = await withWorkspace({ workspace }, client => client.call('deviceCommand.list', { productKey, deviceName, limit: last }))
    for (const given of commands.reverse()) {
      if (json)
        output.json({ ...given })
      else
        output.line(describeCommand(given))
    }
    return 0
  },
})

function describeCommand({ at, operation, params, state, code, data, answeredAt }: DeviceCommand): string {
  const end = answeredAt === null ? state : `${state} after ${answeredAt - at} ms`
  return `${new Date(at).toISOString()}  ${operation} ${JSON.stringify(params)}  ${end}${code === null ? '' : ` ${code}`}${data === null ? '' : ` ${JSON.stringify(data)}`}`
}
