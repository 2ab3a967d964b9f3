import type { CloneProposal } from '../shared/contract/clone.ts'
import type { JsonValue } from '../shared/json.ts'
import type { ValueKind } from './option.ts'
import type { Output } from './output.ts'
import { limits } from '../shared/limits.ts'
import { readDuration } from '../shared/scenario/quantities.ts'
import { command, UsageError } from './command.ts'
import { instant } from './instant.ts'
import { anyText, flag, jsonOption, optional, wholeNumber, withDefault } from './option.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

const usualSpanMs = 10 * 60_000
const comparedMax = 3

/** `90s`, `10m`, `2h` or `1d`; gives milliseconds. */
const span: ValueKind<number> = {
  expected: 'a time span such as 90s, 10m, 2h or 1d',
  // One letter is enough where no month can be meant.
  read: (text) => {
    const ms = readDuration(text.replace(/(\d)m$/, '$1min'))
    return ms !== undefined && ms > 0 ? ms : undefined
  },
}

const variation: ValueKind<number> = {
  expected: 'percent from 0 to 50',
  read: text => /^\d{1,2}(?:\.\d+)?%?$/.test(text) && Number.parseFloat(text) <= 50 ? Number.parseFloat(text) : undefined,
}

/** `thingbench fleet clone PK NAME`. */
export const fleetClone = command({
  path: ['fleet', 'clone'],
  about: 'Learn from what is kept of a device how it behaves, and make a fleet of variants of it; fleet start connects them.',
  positionals: [
    { name: 'PRODUCT_KEY', about: 'The product of the device.' },
    { name: 'DEVICE_NAME', about: 'The device to learn from, a real or a simulated one.' },
  ],
  options: {
    'last': optional(span, { about: 'Learn from the time up to now; 10m unless given.', placeholder: 'SPAN' }),
    'from': optional(instant, { about: 'Learn from this time on.', placeholder: 'TIME' }),
    'to': optional(instant, { about: 'Learn up to this time; now unless given.', placeholder: 'TIME' }),
    'count': withDefault(wholeNumber(1, limits.fleetDevicesMax), 100, { about: 'How many devices are made.', placeholder: 'N' }),
    'variation': withDefault(variation, 10, { about: 'How much they differ, percent around what was learned.', placeholder: 'PERCENT' }),
    'prefix': optional(anyText, { about: 'How the names of the devices begin; clone unless given.', placeholder: 'TEXT' }),
    'name': optional(anyText, { about: 'What the fleet is called.', placeholder: 'NAME' }),
    'seed': optional(wholeNumber(0, 0xFFFF_FFFF), { about: 'Repeats a run: the same values at the same times.', placeholder: 'N' }),
    'dry-run': flag('Only print what was learned.'),
    'workspace': workspaceOption,
    'json': jsonOption,
  },
  examples: [
    'thingbench fleet clone a1Thermostat kitchen --last 10m --count 2000 --variation 10',
    'thingbench fleet clone a1Thermostat kitchen --from 2026-03-04T08:00 --to 2026-03-04T18:00 --dry-run',
  ],
  async run({ last, from, to, count, variation: variationPercent, prefix, name, seed, 'dry-run': isDry, workspace, json }, [productKey = '', deviceName = ''], output) {
    if (last !== undefined && from !== undefined)
      throw new UsageError('--last and --from exclude each other.')
    const toAt = to ?? Date.now()
    const fromAt = from ?? toAt - (last ?? usualSpanMs)
    return await withWorkspace({ workspace }, async (client) => {
      const proposal = await client.call('clone.learn', { productKey, deviceName, fromAt, toAt, variationPercent, ...prefix === undefined ? {} : { prefix }, ...seed === undefined ? {} : { seed } })
      if (isDry) {
        if (json)
          output.json(JSON.parse(JSON.stringify(proposal)) as JsonValue)
        else
          print(proposal, output)
        return 0
      }
      const fleet = await client.call('fleet.create', { productKey, name: name ?? `${deviceName} ×${count}`.slice(0, 64), prefix: proposal.prefix, count, ...proposal.settings })
      if (json) {
        output.json({ fleet: JSON.parse(JSON.stringify(fleet)) as JsonValue, proposal: JSON.parse(JSON.stringify(proposal)) as JsonValue })
      }
      else {
        print(proposal, output)
        output.line(`${fleet.fleetId}  ${fleet.name}: ${count} devices ${fleet.prefix}-…, stopped`)
      }
      return 0
    })
  },
})

function print({ deviceName, fromAt, toAt, values, settings, properties, traits }: CloneProposal, output: Output): void {
  output.line(`${deviceName}: ${values} values from ${new Date(fromAt).toISOString()} to ${new Date(toAt).toISOString()}, a report every ${settings.intervalSec} s`)
  for (const { property, kind, why, remarks, compared } of properties) {
    const measured = compared.length < 2 ? '' : ` (bits a value: ${compared.slice(0, comparedMax).map(one => `${one.kind} ${one.bitsPerValue}`).join(', ')})`
    output.line(`${property}  ${kind}  ${[why, ...remarks].map(({ sentence }) => sentence).join(' ')}${measured}`)
  }
  for (const { subject, sentence } of traits)
    output.line(`${subject}  ${sentence}`)
}
