import { limits } from '../shared/limits.ts'
import { command, UsageError } from './command.ts'
import { conversationOptions } from './conversation-options.ts'
import { anyText, brokerUrl, jsonOption, optional, required, seconds, wholeNumber, withDefault } from './option.ts'
import { updateOptions } from './update-options.ts'

const devicesDefault = 100

/** `thingbench simulate`: a fleet without a page, for scripts and for testing other brokers. */
export const simulate = command({
  path: ['simulate'],
  about: 'Run a fleet of simulated devices without a page and print what became of its messages.',
  positionals: [],
  options: {
    'product': required(anyText, { about: 'Thing model file (TSL) of the devices.', placeholder: 'TSL.json' }),
    'devices': optional(wholeNumber(1, limits.fleetDevicesMax), { about: `How many devices; without it, ${devicesDefault}, or all of --devices-file.`, placeholder: 'N' }),
    'interval': withDefault(seconds(0.01, 86_400), 5, { about: 'Time between two property posts of one device.', placeholder: 'S' }),
    'duration': withDefault(seconds(0, 31_536_000), 60, { about: 'How long each device reports, from the moment it is connected.', placeholder: 'S' }),
    'workspace': optional(anyText, { about: 'Keep product, devices and messages in this workspace; without it, in a temporary one that is removed at the end.', placeholder: 'DIR' }),
    'broker': optional(brokerUrl, { about: 'Connect to this broker instead of an engine of our own.', placeholder: 'URL' }),
    'devices-file': optional(anyText, { about: 'CSV with the columns productKey,deviceName,deviceSecret for --broker; without it, identities are made up.', placeholder: 'CSV' }),
    'seed': optional(wholeNumber(0, 0xFFFF_FFFF), { about: 'Repeats a run: the same values at the same times.', placeholder: 'N' }),
    'behaviours': optional(anyText, { about: 'JSON file that says how properties move, by property; the others move as suits their type.', placeholder: 'FILE' }),
    ...conversationOptions,
    ...updateOptions,
    'json': jsonOption,
  },
  examples: [
    'thingbench simulate --product light.json --devices 1000 --interval 5 --duration 60',
    'thingbench simulate --product light.json --devices 50 --interval 1 --duration 10 --broker mqtt://127.0.0.1:1883 --json',
    'thingbench simulate --product thermostat.json --devices 50 --behaviours winter.json --seed 7',
    'thingbench simulate --product light.json --devices 20 --events-per-hour 60 --replies refuse:460 --reply-delay 200-800',
    'thingbench simulate --product light.json --devices 100 --firmware 1.0.0 --update-endings succeeds=90,stalls=5@40,powerCut=5',
  ],
  async run(values, _positionals, output) {
    const { broker, 'devices-file': devicesFile, workspace } = values
    if (devicesFile !== undefined && broker === undefined)
      throw new UsageError('--devices-file goes with --broker only: devices of our own engine are made by it.')
    if (workspace !== undefined && broker !== undefined)
      throw new UsageError('--workspace does not go with --broker: another broker keeps nothing in a workspace.')
    const { runSimulation } = await import('./simulation.ts')
    return await runSimulation({ ...values, devicesFile }, output)
  },
})
