import type { Fault, FaultKind, FaultScope, PlatformFault } from '../shared/contract/platform-fault.ts'
import type { ValueKind } from './option.ts'
import type { Output } from './output.ts'
import { faultKinds, faultSchema } from '../shared/contract/platform-fault.ts'
import { formatFault, parseFault } from '../shared/faults/fault-text.ts'
import { faultPresetNames, faultPresets } from '../shared/faults/presets.ts'
import { command, UsageError } from './command.ts'
import { anyText, flag, jsonOption, optional, wholeNumber } from './option.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

const scopeOptions = {
  product: optional(anyText, { about: 'Product key: faults of that product; without it, of everything.', placeholder: 'PK' }),
  device: optional(anyText, { about: 'Device name, with --product: faults of that device.', placeholder: 'NAME' }),
}
const seed: ValueKind<number> = wholeNumber(0, 0xFFFF_FFFF)

/** `thingbench fault set FAULT…`. */
export const faultSet = command({
  path: ['fault', 'set'],
  about: `Make the platform misbehave on purpose, for a device, a product or everything. A fault is ${faultKinds.join(', ')}, with numbers after a colon, or one of the bundles ${faultPresetNames.join(', ')}.`,
  positionals: [{ name: 'FAULT', about: 'Such as delay, or drop:share=0.1,of=post+event; several at a time.', repeated: true }],
  options: {
    ...scopeOptions,
    seed: optional(seed, { about: 'What strikes follows from it: same seed, same messages, same faults.', placeholder: 'N' }),
    for: optional(wholeNumber(1, 30 * 86_400), { about: 'Goes off by itself after so many seconds.', placeholder: 'S' }),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench fault set delay:minMs=200,maxMs=3000 --product a1Thermostat --device hall', 'thingbench fault set badNetwork --for 600', 'thingbench fault set refuse:code=429,share=0.2,of=post --seed 7'],
  async run({ product, device, seed: chosen, for: forSec, workspace, json }, words, output) {
    const faults = words.flatMap(readFaults)
    const set = await withWorkspace({ workspace }, client => client.call('platformFault.set', { ...scopeOf(product, device), faults, ...chosen !== undefined && { seed: chosen }, ...forSec !== undefined && { forSec } }))
    set.forEach(on => print(on, json, output))
    return 0
  },
})

/** `thingbench fault list`. */
export const faultList = command({
  path: ['fault', 'list'],
  about: 'List the faults that are on, with how often each has struck; of a device or a product, those that hold there.',
  positionals: [],
  options: { ...scopeOptions, workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench fault list', 'thingbench fault list --product a1Thermostat --device hall --json'],
  async run({ product, device, workspace, json }, _, output) {
    const { faults, exercises } = await withWorkspace({ workspace }, client => client.call('platformFault.list', scopeOf(product, device)))
    faults.forEach(on => print(on, json, output))
    for (const one of exercises) {
      if (json)
        output.json({ exerciseId: one.exerciseId, productKey: one.productKey, deviceName: one.deviceName, kind: one.kind, deadlineAt: one.deadlineAt })
      else
        output.line(`exercise ${one.kind}  ${one.productKey}/${one.deviceName}  until ${new Date(one.deadlineAt).toISOString()}`)
    }
    if (faults.length + exercises.length === 0 && !json)
      output.note('No fault is on.')
    return 0
  },
})

/** `thingbench fault clear [KIND…]`. */
export const faultClear = command({
  path: ['fault', 'clear'],
  about: 'Turn faults off: of a device, a product or everything, all of them or some kinds.',
  positionals: [{ name: 'KIND', about: 'Such as delay; none named: all kinds.', optional: true, repeated: true }],
  options: { ...scopeOptions, everywhere: flag('Turn off all there are, of every scope; exercises of boards end too.'), workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench fault clear --everywhere', 'thingbench fault clear delay drop --product a1Thermostat --device hall'],
  async run({ product, device, everywhere, workspace, json }, words, output) {
    const kinds = words.map(readKind)
    const { cleared, exercisesEnded } = await withWorkspace({ workspace }, client => client.call('platformFault.clear', { ...scopeOf(product, device), everywhere, ...kinds.length > 0 && { kinds } }))
    if (json)
      output.json({ cleared: cleared.map(plain), exercisesEnded })
    else
      output.line(`${cleared.length} ${cleared.length === 1 ? 'fault' : 'faults'} off${exercisesEnded > 0 ? `, ${exercisesEnded} exercises ended` : ''}.`)
    return 0
  },
})

/** `thingbench fault disconnect`. */
export const faultDisconnect = command({
  path: ['fault', 'disconnect'],
  about: 'Kick a device, those of a product, or all that are online, once and now.',
  positionals: [],
  options: { ...scopeOptions, silently: flag('Break the connections off without a word instead.'), workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench fault disconnect --product a1Thermostat --device hall --silently'],
  async run({ product, device, silently, workspace, json }, _, output) {
    const { devices } = await withWorkspace({ workspace }, client => client.call('platformFault.disconnect', { ...scopeOf(product, device), how: silently ? 'close' : 'kick' }))
    if (json)
      output.json({ devices })
    else
      output.line(`${devices} ${devices === 1 ? 'device' : 'devices'} disconnected.`)
    return 0
  },
})

function scopeOf(productKey: string | undefined, deviceName: string | undefined): FaultScope {
  if (deviceName !== undefined && productKey === undefined)
    throw new UsageError('A device is named by its product and its name: --product is missing.')
  return { ...productKey !== undefined && { productKey }, ...deviceName !== undefined && { deviceName } }
}

function readFaults(word: string): Fault[] {
  const preset = faultPresetNames.find(name => name === word)
  if (preset !== undefined)
    return faultPresets[preset].map(wish => faultSchema.parse(wish))
  const fault = parseFault(word)
  if (typeof fault === 'string')
    throw new UsageError(fault)
  return [fault]
}

function readKind(word: string): FaultKind {
  const kind = faultKinds.find(name => name === word)
  if (kind === undefined)
    throw new UsageError(`There is no fault ${JSON.stringify(word)}; there are ${faultKinds.join(', ')}.`)
  return kind
}

function plain({ fault, ...on }: PlatformFault) {
  return { ...on, fault: { ...fault } }
}

function print(on: PlatformFault, json: boolean, output: Output): void {
  const { productKey, deviceName, fault, seed: drawn, until, struck } = on
  if (json)
    return output.json(plain(on))
  const place = productKey === null ? 'everything' : deviceName === null ? productKey : `${productKey}/${deviceName}`
  output.line(`${formatFault(fault)}  ${place}  struck ${struck}  seed ${drawn}${until === null ? '' : `  until ${new Date(until).toISOString()}`}`)
}
