import type { FleetTarget, TargetSecrets } from '../../../shared/contract/fleet-target.ts'
import type { Fleet } from '../../../shared/contract/fleet.ts'
import type { CopyForms } from '../../parts/copy-as/copy-forms.ts'

/** What a fleet is made with or given anew; what is left out is not said. */
interface Settings {
  name?: string | undefined
  count?: number | undefined
  intervalSec?: number | undefined
  qos?: 0 | 1 | undefined
  connectPerSec?: number | undefined
  seed?: number | undefined
  behaviours?: object | undefined
  conversation?: object | undefined
  updates?: object | undefined
  config?: object | undefined
  network?: object | null | undefined
  misbehaviour?: readonly object[] | undefined
  report?: object | undefined
  life?: object | undefined
  stopAfter?: object | null | undefined
  target?: FleetTarget | undefined
  secrets?: TargetSecrets | undefined
}

/** The cloud has no fleets; names may be those of several, so a fleet is called by its id. */
export function runForms(verb: 'start' | 'stop' | 'delete', { fleetId }: Pick<Fleet, 'fleetId'>): CopyForms {
  return { cli: ['fleet', verb, fleetId] }
}

/** Making a fleet. It is started by another command. */
export function createForms({ productKey, prefix, ...settings }: Settings & { productKey: string, prefix?: string | undefined }): CopyForms {
  return { cli: ['fleet', 'create', '--product', productKey, ...prefix === undefined ? [] : ['--prefix', prefix], ...settingWords(settings)] }
}

/** Changing a fleet. */
export function updateForms({ fleetId }: Pick<Fleet, 'fleetId'>, change: Settings): CopyForms {
  return { cli: ['fleet', 'update', fleetId, ...settingWords(change)] }
}

/** Secrets are not written into a command; a file or a variable stands for each. */
function secretWords({ password, clientKey, devices }: TargetSecrets = {}): string[] {
  const option = (word: string, secret: TargetSecrets['password'], file: string): string[] => !secret
    ? []
    : 'environment' in secret ? [`--${word}-env`, secret.environment] : [`--${word}-file`, file]
  return [
    ...option('password', password, 'password.txt'),
    ...option('client-key', clientKey, 'client-key.pem'),
    ...devices ? ['--devices-file', 'devices.csv'] : [],
    ...devices?.productKey === undefined ? [] : ['--devices-product', devices.productKey],
  ]
}

function settingWords({ name, count, intervalSec, qos, connectPerSec, seed, behaviours, conversation, updates, config, network, misbehaviour, report, life, stopAfter, target, secrets }: Settings): string[] {
  const option = (word: string, value: string | number | undefined): string[] => value === undefined ? [] : [`--${word}`, String(value)]
  const json = (word: string, value: object | null | undefined): string[] => value === undefined ? [] : [`--${word}`, JSON.stringify(value)]
  return [
    ...option('name', name?.trim()),
    ...option('count', count),
    ...option('interval', intervalSec),
    ...option('qos', qos),
    ...option('connect-rate', connectPerSec),
    ...option('seed', seed),
    ...json('behaviours', behaviours),
    ...json('conversation', conversation),
    ...json('updates', updates),
    ...json('config', config),
    ...json('network', network),
    ...json('misbehaviour', misbehaviour),
    ...json('report', report),
    ...json('life', life),
    ...json('stop-after', stopAfter),
    ...json('target', target),
    ...secretWords(secrets),
  ]
}
