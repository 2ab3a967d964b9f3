import type { RemoteConfig } from '../shared/contract/remote-config.ts'
import type { JsonValue } from '../shared/json.ts'
import type { Command } from './command.ts'
import { limits } from '../shared/limits.ts'
import { command } from './command.ts'
import { anyText, flag, jsonOption, optional, wholeNumber } from './option.ts'
import { readTextFile } from './read-text-file.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

const productPositional = { name: 'PRODUCT_KEY', about: 'The product, as product list shows it.' } as const
const common = { workspace: workspaceOption, json: jsonOption }

/** The same as a JSON value, which an interface is not to the type checker. */
function plain(value: object): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue
}

/** `thingbench config set`: saves a file as the remote configuration of a product, and switches it on. */
export const configSet = command({
  path: ['config', 'set'],
  about: 'Save a JSON file as the remote configuration of a product; devices that ask get it from then on.',
  positionals: [productPositional, { name: 'FILE', about: 'The configuration, JSON.' }],
  options: { off: flag('Leave remote configuration of the product switched off if it is.'), ...common },
  examples: ['thingbench config set a1Thermostat settings.json'],
  async run({ off, workspace, json }, [productKey = '', file = ''], output) {
    const text = await readTextFile(file, limits.configBytesKeptMax)
    const config = await withWorkspace({ workspace }, async (client) => {
      const saved = await client.call('remoteConfig.save', { productKey, text })
      return off || saved.isEnabled ? saved : client.call('remoteConfig.setEnabled', { productKey, enabled: true })
    })
    if (json)
      output.json(plain(config))
    else
      output.line(`Version ${config.current!.version} of the remote configuration of product ${productKey}, ${config.current!.size} bytes${config.isEnabled ? '; devices that ask get it.' : '; it is switched off.'}`)
    return 0
  },
})

/** `thingbench config show`: prints a configuration. */
export const configShow = command({
  path: ['config', 'show'],
  about: 'Print the remote configuration of a product, the newest one or an earlier version.',
  positionals: [productPositional],
  options: { 'config-version': optional(wholeNumber(1, 1_000_000_000), { about: 'An earlier version, as config versions shows it.', placeholder: 'NUMBER' }), ...common },
  examples: ['thingbench config show a1Thermostat', 'thingbench config show a1Thermostat --config-version 3'],
  async run({ 'config-version': version, workspace, json }, [productKey = ''], output) {
    const shown = await withWorkspace({ workspace }, client => client.call('remoteConfig.version', { productKey, version }))
    if (json)
      output.json(plain(shown))
    else
      output.line(shown.text)
    return 0
  },
})

/** `thingbench config versions`: what is kept of a product's configurations. */
export const configVersions = command({
  path: ['config', 'versions'],
  about: 'List the remote configurations of a product that are kept, newest first, and what devices have of them.',
  positionals: [productPositional],
  options: common,
  examples: ['thingbench config versions a1Thermostat'],
  async run({ workspace, json }, [productKey = ''], output) {
    const config = await withWorkspace({ workspace }, client => client.call('remoteConfig.get', { productKey }))
    const versions = config.current === null ? [] : [config.current, ...config.earlier]
    for (const version of versions) {
      if (json)
        output.json(plain(version))
      else
        output.line(`${version.version}  ${new Date(version.savedAt).toISOString()}  ${version.size} bytes  sha256 ${version.sign.slice(0, 12)}${version.version === config.lastPush?.version ? '  pushed' : ''}`)
    }
    output.note(describeState(productKey, config))
    return 0
  },
})

function describeState(productKey: string, { isEnabled, current, counts }: RemoteConfig): string {
  const state = `Remote configuration of product ${productKey} is switched ${isEnabled ? 'on' : 'off'}`
  return current === null ? `${state}; nothing has been saved yet.` : `${state}; ${counts.fetchedNewest} of ${counts.devices} devices have fetched version ${current.version}.`
}

/** `thingbench config push`: sends the newest configuration to devices. */
export const configPush = command({
  path: ['config', 'push'],
  about: 'Push the newest remote configuration to all devices of a product that are online.',
  positionals: [productPositional],
  options: {
    device: optional(anyText, { about: 'Only to this device, which the cloud cannot do; several with commas between them.', placeholder: 'NAMES' }),
    again: flag('Also what was pushed last; the cloud never pushes the same twice.'),
    ...common,
  },
  examples: ['thingbench config push a1Thermostat', 'thingbench config push a1Thermostat --device t-0001,t-0002'],
  async run({ device, again, workspace, json }, [productKey = ''], output) {
    const deviceNames = device?.split(',').map(name => name.trim()).filter(name => name !== '')
    const push = await withWorkspace({ workspace }, client => client.call('remoteConfig.push', { productKey, deviceNames, again }))
    if (json)
      output.json(plain(push))
    else
      output.line(`Sent version ${push.version} to ${push.sentCount} of ${push.deviceCount} devices; ${push.onlineCount} were online, the others ask when they come back.`)
    return 0
  },
})

/** `thingbench config enable PK` and `config disable PK`. */
function switchCommand(word: 'enable' | 'disable', about: string): Command {
  return command({
    path: ['config', word],
    about,
    positionals: [productPositional],
    options: common,
    examples: [`thingbench config ${word} a1Thermostat`],
    async run({ workspace, json }, [productKey = ''], output) {
      const config = await withWorkspace({ workspace }, client => client.call('remoteConfig.setEnabled', { productKey, enabled: word === 'enable' }))
      if (json)
        output.json(plain(config))
      else
        output.line(`Remote configuration of product ${productKey} is switched ${config.isEnabled ? 'on' : 'off'}.`)
      return 0
    },
  })
}

export const configEnable = switchCommand('enable', 'Switch the remote configuration of a product on: devices that ask get it.')
export const configDisable = switchCommand('disable', 'Switch the remote configuration of a product off: devices that ask get none.')
