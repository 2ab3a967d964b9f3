import type { FleetTarget } from '../../../../../src/shared/contract/fleet-target.ts'
import { expect, it } from 'vitest'
import { fleetTargetSchema } from '../../../../../src/shared/contract/fleet-target.ts'
import { placeOf, secretPlace, targetDraft, targetOf, usualPort } from '../../../../../src/ui/features/fleet/target-draft.ts'

const targets: FleetTarget[] = [
  { kind: 'local' },
  fleetTargetSchema.parse({ kind: 'cloud', host: 'cloud.example', port: 1883 }),
  fleetTargetSchema.parse({ kind: 'broker', host: 'b.example', port: 8883, tls: { caPem: '-----BEGIN CERTIFICATE-----', verify: false }, username: 'u', topic: 'a/{deviceName}', payload: '{value.T}', subscriptions: ['a', 'b'] }),
]

it('brings every target back as it was, without secrets', () => {
  for (const target of targets)
    expect(targetOf(targetDraft(target))).toEqual({ ok: true, target, secrets: {} })
})

it('names the fields that are wrong', () => {
  const draft = targetDraft(targets[2]!)
  expect(targetOf({ ...draft, host: ' ', port: null, clientId: 'same', topic: 'a/#', payload: '{nope}', ca: 'no PEM' })).toEqual({ ok: false, wrong: ['host', 'port', 'tls', 'clientId', 'topic', 'payload'] })
})

it('gives the secrets that were written, and only those the target has a use for', () => {
  const written = { password: 'p', clientKey: 'env:KEY_OF_CLIENT', csv: 'a,b', csvProductKey: 'a1' }
  const secretsOf = (target: FleetTarget): unknown => {
    const made = targetOf({ ...targetDraft(target), ...written })
    return made.ok && made.secrets
  }
  expect(targets.map(secretsOf)).toEqual([{}, { devices: { csv: 'a,b', productKey: 'a1' } }, { password: { text: 'p' }, clientKey: { environment: 'KEY_OF_CLIENT' } }])
})

it('changes the usual port with TLS, and no other one', () => {
  expect([usualPort(1883, true), usualPort(8883, false), usualPort(1884, true), usualPort(null, true)]).toEqual([8883, 1883, 1884, null])
})

it('says where a fleet reports and where its secrets are', () => {
  expect(targets.map(placeOf)).toEqual([null, 'cloud.example:1883', 'b.example:8883'])
  expect(secretPlace({ in: 'environment', name: 'X' })).toEqual(['fleetTarget.place.environment', { name: 'X' }])
  expect(secretPlace({ in: 'system' })).toEqual(['fleetTarget.place.system', {}])
})
