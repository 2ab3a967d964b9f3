import type { PreflightCheck, PreflightVerdict } from '../shared/contract/preflight.ts'
import type { JsonValue } from '../shared/json.ts'
import { fleetTransports } from '../shared/contract/fleet.ts'
import { command } from './command.ts'
import { flag, jsonOption, oneOf, optional, required, seconds, wholeNumber, withDefault } from './option.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

const marks: Record<PreflightVerdict, string> = { ok: 'ok  ', warn: 'WARN', stop: 'STOP' }

/** `thingbench preflight --devices N`. */
export const preflightCommand = command({
  path: ['preflight'],
  about: 'Check whether this machine can run a fleet: handles, ports, memory, disk, speed. Exit code 1 when it cannot.',
  positionals: [],
  options: {
    devices: required(wholeNumber(1, 10_000_000), { about: 'How many devices it is to have.', placeholder: 'N' }),
    interval: withDefault(seconds(0.01, 86_400), 5, { about: 'Time between two property posts of one device.', placeholder: 'S' }),
    transport: withDefault(oneOf(...fleetTransports), 'tcp', { about: 'How devices reach the platform: with a socket each, or without.', placeholder: fleetTransports.join('|') }),
    payload: optional(wholeNumber(1, 256 * 1024), { about: 'Bytes of a report, when they are many.', placeholder: 'BYTES' }),
    elsewhere: flag('The fleet reports to a broker on another machine.'),
    measure: flag('Measure first how fast this machine is, which takes about five seconds.'),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench preflight --devices 19000 --interval 20', 'thingbench preflight --devices 2000 --measure --json'],
  async run({ devices, interval, transport, payload, elsewhere, measure, workspace, json }, _positionals, output) {
    const { speed, result } = await withWorkspace({ workspace, mayCreate: true }, async client => ({
      speed: measure ? await client.call('app.measureMachine', {}) : null,
      result: await client.call('app.preflight', { devices, intervalSec: interval, transport, elsewhere, ...payload !== undefined && { payloadBytes: payload } }),
    }))
    if (json) {
      output.json(JSON.parse(JSON.stringify({ ...result, speed })) as JsonValue)
    }
    else {
      for (const check of result.checks)
        describe(check).forEach(line => output.line(line))
      if (transport === 'tcp')
        output.line(`      It uses ${result.processes} ${result.processes === 1 ? 'process' : 'processes'} and ${result.sourceAddresses} source ${result.sourceAddresses === 1 ? 'address' : 'addresses'}; at most ${result.devicesMax.toLocaleString('en')} devices would go.`)
    }
    return result.verdict === 'stop' ? 1 : 0
  },
})

function describe({ name, verdict, message, advice }: PreflightCheck): string[] {
  return [`${marks[verdict]}  ${name}: ${message}`, ...advice === null ? [] : [`      ${advice}`]]
}
