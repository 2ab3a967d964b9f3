import type { PolicyContent } from '../shared/contract/device-simulation.ts'
import { command, UsageError } from './command.ts'
import { instant } from './instant.ts'
import { flag, jsonOption, optional, seconds } from './option.ts'
import { readObject } from './property-values.ts'
import { seatIdentity } from './seat.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

/** `thingbench seat push PK NAME JSON`: lets a simulated device send by itself. */
export const seatPush = command({
  path: ['seat', 'push'],
  about: 'Let a simulated device send by itself: once at a time, or every so often for a period.',
  positionals: [
    ...seatIdentity,
    { name: 'JSON', about: 'What it sends: {"kind":"properties","behaviours":{…}}, {"kind":"event","event":…,"behaviours":{…}} or {"kind":"publish","topic":…,"payloadBase64":…,"qos":0}.' },
  ],
  options: {
    every: optional(seconds(0.01, 86_400), { about: 'Seconds between two messages.', placeholder: 'S' }),
    for: optional(seconds(0.001, 31_622_400), { about: 'Seconds after which it ends; without it, never.', placeholder: 'S' }),
    at: optional(instant, { about: 'One message at that time, such as 2026-05-01T08:00:00Z.', placeholder: 'TIME' }),
    anyway: flag('Send it even if the thing model does not allow it.'),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: [
    'thingbench seat push a1Thermostat kitchen \'{"kind":"properties","behaviours":{"temperature":{"kind":"sine","min":18,"max":28,"periodSec":60}}}\' --every 5 --for 600',
  ],
  async run({ every, for: durationSec, at, anyway, workspace, json }, [productKey = '', deviceName = '', text = ''], output) {
    if ((every === undefined) === (at === undefined))
      throw new UsageError('Say either --every with seconds, or --at with a time such as 2026-05-01T08:00:00Z.')
    const { policy, replaced, beyondCloud } = await withWorkspace({ workspace }, client => client.call('deviceSimulation.setPolicy', {
      productKey,
      deviceName,
      content: readObject(text) as unknown as PolicyContent as never,
      when: at !== undefined
        ? { kind: 'once', at }
        : { kind: 'every', intervalMs: Math.round((every ?? 1) * 1000), durationMs: durationSec === undefined ? null : Math.round(durationSec * 1000) },
      anyway,
    }))
    if (json)
      output.json({ policyId: policy.policyId, state: policy.state, nextAt: policy.nextAt, replaced, beyondCloud })
    else
      output.line(`${deviceName} sends by itself, policy ${policy.policyId}${beyondCloud.length === 0 ? '' : `; the cloud would not allow it (${beyondCloud.join(', ')})`}.`)
    return 0
  },
})
