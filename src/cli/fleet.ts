import type { ApiClient } from '../shared/contract/contract.ts'
import type { SecretPlace } from '../shared/contract/fleet-target.ts'
import type { Fleet, FleetSettingsChange } from '../shared/contract/fleet.ts'
import type { JsonValue } from '../shared/json.ts'
import type { Command, OptionValues } from './command.ts'
import type { Output } from './output.ts'
import { conversationChangeSchema } from '../shared/contract/fleet-conversation.ts'
import { lifeChangeSchema } from '../shared/contract/fleet-life.ts'
import { misbehavioursSchema } from '../shared/contract/fleet-misbehaviour.ts'
import { networkSchema } from '../shared/contract/fleet-network.ts'
import { reportPolicyChangeSchema } from '../shared/contract/fleet-report.ts'
import { stopAfterSchema } from '../shared/contract/fleet-stop.ts'
import { configConductChangeSchema, updateConductChangeSchema } from '../shared/contract/fleet-updates.ts'
import { behavioursSchema } from '../shared/contract/fleet.ts'
import { AppError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import { command, UsageError } from './command.ts'
import { anyText, jsonOption, oneOf, optional, required, seconds, wholeNumber } from './option.ts'
import { jsonOf, readTarget, targetOptions } from './target-options.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

const fleetWord = { name: 'FLEET', about: 'The fleet, by its name or id.' }

/** What a fleet is made with, and what can be changed of it, also while it runs. */
const settingOptions = {
  'name': optional(anyText, { about: 'What the fleet is called.', placeholder: 'NAME' }),
  'count': optional(wholeNumber(1, limits.fleetDevicesMax), { about: 'How many devices take part.', placeholder: 'N' }),
  'interval': optional(seconds(0.01, 86_400), { about: 'Time between two property posts of one device.', placeholder: 'S' }),
  'qos': optional(oneOf('0', '1'), { about: 'Quality of service of the posts.', placeholder: '0|1' }),
  'connect-rate': optional(wholeNumber(1, 20_000), { about: 'Devices that connect in a second.', placeholder: 'N' }),
  'seed': optional(wholeNumber(0, 0xFFFF_FFFF), { about: 'Repeats a run: the same values at the same times.', placeholder: 'N' }),
  'behaviours': optional(jsonOf(behavioursSchema, 'JSON such as {"Temperature":{"kind":"walk","min":10,"max":30,"step":1}}'), { about: 'How its properties move; those that are not named as suits their type.', placeholder: 'JSON' }),
  'conversation': optional(jsonOf(conversationChangeSchema, 'JSON such as {"desired":true}, as fleet list --json shows it'), { about: 'What its devices say and answer; what is left out stays.', placeholder: 'JSON' }),
  'updates': optional(jsonOf(updateConductChangeSchema, 'JSON such as {"takes":true}, as fleet list --json shows it'), { about: 'What its devices do about updates; what is left out stays.', placeholder: 'JSON' }),
  'config': optional(jsonOf(configConductChangeSchema, 'JSON such as {"asks":true}, as fleet list --json shows it'), { about: 'What its devices do about remote configuration; what is left out stays.', placeholder: 'JSON' }),
  'network': optional(jsonOf(networkSchema.nullable(), 'JSON such as {"weather":"edge-2g","devicesPercent":20}, or null'), { about: 'The weather between its devices and the broker: by name, or in numbers as fleet list --json shows them; null: none.', placeholder: 'JSON' }),
  'misbehaviour': optional(jsonOf(misbehavioursSchema, 'JSON such as [{"kind":"malformedJson","devicesPercent":5}]'), { about: 'What bad devices do; [] makes all of them good.', placeholder: 'JSON' }),
  'report': optional(jsonOf(reportPolicyChangeSchema, 'JSON such as {"when":"change","deadBands":{"Temperature":0.5}}, as fleet list --json shows it'), { about: 'When its devices report: with jitter, on change, in batches, later if they are away; what is left out stays.', placeholder: 'JSON' }),
  'life': optional(jsonOf(lifeChangeSchema, 'JSON such as {"bootSec":5,"uptime":{"meanHours":24}}, as fleet list --json shows it'), { about: 'When its devices are on and what makes them start again; what is left out stays.', placeholder: 'JSON' }),
  'stop-after': optional(jsonOf(stopAfterSchema.nullable(), 'JSON such as {"messages":10000,"sec":600,"failures":1}, or null'), { about: 'When it stops by itself, whichever comes first: after so many messages, seconds, or failures (refusals and trouble); null: when it is told to.', placeholder: 'JSON' }),
  ...targetOptions,
}

async function changeOf({ interval, qos, 'connect-rate': connectPerSec, name, count, seed, behaviours, conversation, updates, config, network, misbehaviour, report, life, 'stop-after': stopAfter, ...rest }: OptionValues<typeof settingOptions>): Promise<FleetSettingsChange> {
  return {
    ...name === undefined ? {} : { name },
    ...count === undefined ? {} : { count },
    ...interval === undefined ? {} : { intervalSec: interval },
    ...qos === undefined ? {} : { qos: qos === '0' ? 0 : 1 },
    ...connectPerSec === undefined ? {} : { connectPerSec },
    ...seed === undefined ? {} : { seed },
    ...behaviours === undefined ? {} : { behaviours },
    ...conversation === undefined ? {} : { conversation },
    ...updates === undefined ? {} : { updates },
    ...config === undefined ? {} : { config },
    ...network === undefined ? {} : { network },
    ...misbehaviour === undefined ? {} : { misbehaviour },
    ...report === undefined ? {} : { report },
    ...life === undefined ? {} : { life },
    ...stopAfter === undefined ? {} : { stopAfter },
    ...await readTarget(rest),
  }
}

async function findFleet(client: ApiClient, word: string): Promise<Fleet> {
  const fleets = await client.call('fleet.list', {})
  const found = fleets.find(({ fleetId }) => fleetId === word) ?? fleets.find(({ name }) => name === word)
  if (found === undefined)
    throw new AppError('fleet/not-found', `There is no fleet ${word}; fleet list shows what there is.`, { fleetId: word })
  return found
}

function describe({ fleetId, name, productKey, prefix, count, intervalSec, state, stats, target }: Fleet): string {
  const names = target.kind === 'cloud' ? 'of a file' : `${prefix}-…`
  const place = target.kind === 'local' ? '' : ` to ${target.host}:${target.port}`
  return `${fleetId}  ${name}: ${count} devices ${names} of product ${productKey}, one post every ${intervalSec} s${place}, ${state}${state === 'running' ? `, ${stats.connected} connected` : ''}`
}

function print(fleet: Fleet, json: boolean, output: Output): void {
  if (json)
    output.json(JSON.parse(JSON.stringify(fleet)) as JsonValue)
  else
    output.line(describe(fleet))
}

/** `thingbench fleet list`. */
export const fleetList = command({
  path: ['fleet', 'list'],
  about: 'List the fleets of simulated devices of a workspace.',
  positionals: [],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench fleet list'],
  async run({ workspace, json }, _positionals, output) {
    for (const fleet of await withWorkspace({ workspace }, client => client.call('fleet.list', {})))
      print(fleet, json, output)
    return 0
  },
})

/** `thingbench fleet create --product PK`. */
export const fleetCreate = command({
  path: ['fleet', 'create'],
  about: 'Make a fleet of a product and the devices it needs; fleet start connects them.',
  positionals: [],
  options: {
    product: required(anyText, { about: 'The product of its devices.', placeholder: 'PRODUCT_KEY' }),
    prefix: optional(anyText, { about: 'How the names of its devices begin.', placeholder: 'TEXT' }),
    ...settingOptions,
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: [
    'thingbench fleet create --product a1Thermostat --count 1000 --interval 5 --name Thermostats',
    'thingbench fleet create --product a1Thermostat --devices-file devices.csv --target \'{"kind":"cloud","host":"a1Thermostat.iot-as-mqtt.cn-shanghai.aliyuncs.com","port":1883}\'',
    'thingbench fleet create --product a1Thermostat --count 50 --password-env BROKER_PASSWORD --target \'{"kind":"broker","host":"broker.example","port":8883,"tls":{},"username":"bench","topic":"plant/{deviceName}/up"}\'',
  ],
  async run({ product, prefix, workspace, json, ...settings }, _positionals, output) {
    const wish = await changeOf(settings)
    const fleet = await withWorkspace({ workspace }, async (client) => {
      const { devices } = wish.secrets ?? {}
      // Without --count, all of the file take part.
      const read = devices && settings.count === undefined ? await client.call('fleet.readDevices', devices) : undefined
      return client.call('fleet.create', { productKey: product, ...prefix === undefined ? {} : { prefix }, ...wish, ...read && read.devices > 0 ? { count: read.devices } : {} })
    })
    if (wish.secrets !== undefined)
      output.note(`Secrets are kept in ${describePlace(fleet.secrets.keeper)}.`)
    print(fleet, json, output)
    return 0
  },
})

/** `thingbench fleet update FLEET`. */
export const fleetUpdate = command({
  path: ['fleet', 'update'],
  about: 'Change a fleet, also while it runs; what is not named stays.',
  positionals: [fleetWord],
  options: { ...settingOptions, workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench fleet update Thermostats --count 2000 --interval 2', 'thingbench fleet update Thermostats --conversation \'{"desired":true}\'', 'thingbench fleet update Thermostats --network \'{"weather":"tunnel","devicesPercent":30}\''],
  async run({ workspace, json, ...settings }, [word = ''], output) {
    const change = await changeOf(settings)
    if (Object.keys(change).length === 0)
      throw new UsageError('Nothing is to be changed: expected one of the options.')
    const fleet = await withWorkspace({ workspace }, async client => client.call('fleet.update', { fleetId: (await findFleet(client, word)).fleetId, change }))
    print(fleet, json, output)
    return 0
  },
})

/** `thingbench fleet start FLEET` and `fleet stop FLEET`. */
function runCommand(word: 'start' | 'stop', about: string): Command {
  return command({
    path: ['fleet', word],
    about,
    positionals: [fleetWord],
    options: { workspace: workspaceOption, json: jsonOption },
    examples: [`thingbench fleet ${word} Thermostats`],
    async run({ workspace, json }, [fleet = ''], output) {
      print(await withWorkspace({ workspace }, async client => client.call(`fleet.${word}`, { fleetId: (await findFleet(client, fleet)).fleetId })), json, output)
      return 0
    },
  })
}

export const fleetStart = runCommand('start', 'Connect the devices of a fleet and let them report; the platform has to be running (thingbench serve).')
export const fleetStop = runCommand('stop', 'Disconnect the devices of a fleet.')

function describePlace(place: SecretPlace): string {
  if (place.in === 'file')
    return `the file ${place.file}, which only you can read`
  return place.in === 'system' ? 'the system\'s vault' : `the environment variable ${place.name}`
}

/** `thingbench fleet test FLEET`. */
export const fleetTest = command({
  path: ['fleet', 'test'],
  about: 'Try the way of a stopped fleet to its broker: name, TCP, TLS, login, subscriptions. Exits with 1 where it ends; sends no report.',
  positionals: [fleetWord],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench fleet test Thermostats'],
  async run({ workspace, json }, [word = ''], output) {
    const { passed, steps } = await withWorkspace({ workspace }, async client => client.call('fleet.testTarget', { fleetId: (await findFleet(client, word)).fleetId }))
    if (json)
      output.json({ passed, steps: steps.map(step => ({ ...step })) })
    else
      steps.forEach(({ step, state, said, ms }) => output.line(`${step.padEnd(9)}  ${state.padEnd(7)}  ${said}${state === 'skipped' ? '' : ` (${ms} ms)`}`))
    return passed ? 0 : 1
  },
})

/** `thingbench fleet delete FLEET`. */
export const fleetDelete = command({
  path: ['fleet', 'delete'],
  about: 'Stop and forget a fleet; its devices stay.',
  positionals: [fleetWord],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench fleet delete Thermostats'],
  async run({ workspace, json }, [word = ''], output) {
    const { fleetId, name } = await withWorkspace({ workspace }, async (client) => {
      const fleet = await findFleet(client, word)
      await client.call('fleet.delete', { fleetId: fleet.fleetId })
      return fleet
    })
    if (json)
      output.json({ fleetId, deleted: true })
    else
      output.line(`Deleted the fleet ${name}; its devices stay.`)
    return 0
  },
})
