import type { FleetTarget, SecretPlace, TargetSecret, TargetSecrets } from '../../../shared/contract/fleet-target.ts'
import { fleetTargetSchema } from '../../../shared/contract/fleet-target.ts'

/** Where a fleet reports while it is being written. */
export interface TargetDraft {
  kind: FleetTarget['kind']
  host: string
  port: number | null
  tls: boolean
  ca: string
  verify: boolean
  certificate: string
  clientId: string
  username: string
  topic: string
  payload: string
  /** One a line. */
  subscriptions: string
  /** What is kept never comes back, so these are empty until they are set anew. */
  password: string
  clientKey: string
  csv: string
  csvProductKey: string
}

/** The fields of a draft that can be wrong. */
export type TargetField = 'host' | 'port' | 'tls' | 'clientId' | 'username' | 'topic' | 'payload' | 'subscriptions'

export type TargetMade = { ok: true, target: FleetTarget, secrets: TargetSecrets } | { ok: false, wrong: TargetField[] }

const ports = { plain: 1883, tls: 8883 }
const blank: TargetDraft = { kind: 'local', host: '', port: ports.plain, tls: false, ca: '', verify: true, certificate: '', clientId: '{productKey}.{deviceName}', username: '', topic: '', payload: '{params}', subscriptions: '', password: '', clientKey: '', csv: '', csvProductKey: '' }

/** The target of a fleet as a draft. */
export function targetDraft(target: FleetTarget): TargetDraft {
  if (target.kind === 'local')
    return { ...blank }
  const { kind, host, port, tls } = target
  const way = { ...blank, kind, host, port, tls: tls !== null, ca: tls?.caPem ?? '', verify: tls?.verify ?? true, certificate: tls?.certificatePem ?? '' }
  if (target.kind === 'cloud')
    return way
  const { clientId, username, topic, payload, subscriptions } = target
  return { ...way, clientId, username: username ?? '', topic: topic ?? '', payload, subscriptions: subscriptions.join('\n') }
}

/** The port that goes with TLS or without, unless another one was written. */
export function usualPort(port: number | null, tls: boolean): number | null {
  return port === (tls ? ports.plain : ports.tls) ? (tls ? ports.tls : ports.plain) : port
}

/** What a draft comes to. */
export function targetOf(draft: TargetDraft): TargetMade {
  const { kind, host, port, tls, ca, verify, certificate, clientId, username, topic, payload, subscriptions } = draft
  const orNull = (text: string): string | null => text.trim() === '' ? null : text
  const way = { host, port, tls: tls ? { caPem: orNull(ca), verify, certificatePem: orNull(certificate) } : null }
  const own = { clientId, username: orNull(username), topic: orNull(topic), payload, subscriptions: subscriptions.split('\n').map(line => line.trim()).filter(line => line !== '') }
  const read = fleetTargetSchema.safeParse({ kind, ...(kind !== 'local' && way), ...(kind === 'broker' && own) })
  return read.success
    ? { ok: true, target: read.data, secrets: secretsOf(draft) }
    : { ok: false, wrong: [...new Set(read.error.issues.map(({ path }) => path[0] as TargetField))] }
}

function secretsOf({ kind, tls, password, clientKey, csv, csvProductKey }: TargetDraft): TargetSecrets {
  return {
    ...(kind === 'broker' && password !== '' && { password: secretOf(password) }),
    ...(kind !== 'local' && tls && clientKey.trim() !== '' && { clientKey: secretOf(clientKey) }),
    ...(kind === 'cloud' && csv !== '' && { devices: { csv, ...(csvProductKey !== '' && { productKey: csvProductKey }) } }),
  }
}

/** `env:NAME` is the variable of that name. */
function secretOf(text: string): TargetSecret {
  const name = /^env:(\w+)$/.exec(text.trim())?.[1]
  return name === undefined ? { text } : { environment: name }
}

/** `broker.example:8883`; null for this platform. */
export function placeOf(target: FleetTarget): string | null {
  return target.kind === 'local' ? null : `${target.host}:${target.port}`
}

/** Key and words of the sentence about where a secret is kept. */
export function secretPlace(place: SecretPlace): [key: `fleetTarget.place.${SecretPlace['in']}`, named: Record<string, string>] {
  return [`fleetTarget.place.${place.in}`, place.in === 'file' ? { file: place.file } : place.in === 'environment' ? { name: place.name } : {}]
}
