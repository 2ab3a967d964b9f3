import type { SettingName, SettingValues } from '../shared/contract/settings.ts'
import type { JsonValue } from '../shared/json.ts'
import { settings } from '../shared/contract/settings.ts'
import { command, UsageError } from './command.ts'
import { jsonOption } from './option.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

const names = Object.keys(settings) as SettingName[]

/** `thingbench setting list`. */
export const settingList = command({
  path: ['setting', 'list'],
  about: 'List the settings of a workspace with their values.',
  positionals: [],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench setting list'],
  async run({ workspace, json }, _positionals, output) {
    const values = await withWorkspace({ workspace }, client => client.call('settings.get', {}))
    if (json)
      output.json({ ...values })
    else
      names.forEach(name => output.line(`${name}  ${describe(values, name)}`))
    return 0
  },
})

/** `thingbench setting set NAME VALUE`. */
export const settingSet = command({
  path: ['setting', 'set'],
  about: 'Change a setting of a workspace.',
  positionals: [
    { name: 'NAME', about: 'The setting, as setting list shows it.' },
    { name: 'VALUE', about: 'true or false, a number or a text, as suits the setting.' },
  ],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench setting set platform.strictSubscriptions true', 'thingbench setting set ota.downloadHost 192.168.1.20'],
  async run({ workspace, json }, [word = '', written = ''], output) {
    const name = names.find(known => known === word)
    if (name === undefined)
      throw new UsageError(`Unknown setting ${word}: expected one of ${names.join(', ')}.`)
    const value = readValue(name, written)
    const values = await withWorkspace({ workspace }, client => client.call('settings.set', { name, value }))
    if (json)
      output.json({ [name]: values[name] })
    else
      output.line(`${name} is ${describe(values, name)} now.`)
    return 0
  },
})

function describe(values: SettingValues, name: SettingName): string {
  const { unit } = settings[name] as { unit?: string }
  return values[name] === '' ? '(automatic)' : `${values[name]}${unit === undefined ? '' : ` ${unit}`}`
}

/** A text where the setting is one; otherwise what the word is as JSON, which the engine checks. */
function readValue(name: SettingName, written: string): JsonValue {
  if (typeof settings[name].initial === 'string')
    return written
  try {
    return JSON.parse(written) as JsonValue
  }
  catch {
    throw new UsageError(`${name}: expected ${typeof settings[name].initial === 'boolean' ? 'true or false' : 'a number'}, got "${written}".`)
  }
}
