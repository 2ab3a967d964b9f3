import { z } from 'zod'
import { method, type } from './define.ts'

export interface SettingDefinition<S extends z.ZodType = z.ZodType> { schema: S, initial: z.output<S>, about: string, unit?: string }

function setting<S extends z.ZodType>(definition: SettingDefinition<S>): SettingDefinition<S> {
  return definition
}

/** Every setting of a workspace, said once: type, default, form and documentation derive from it. */
export const settings = {
  'limits.applyCloud': setting({
    schema: z.boolean(),
    initial: false,
    about: 'Apply the cloud\'s limits: refuse where the cloud refuses instead of only saying so.',
  }),
  'trace.keepDays': setting({
    schema: z.number().min(0.01).max(3_650),
    initial: 7,
    unit: 'days',
    about: 'How long messages are kept; the oldest segment goes first, and a notice says so.',
  }),
  'trace.keepBytesMax': setting({
    schema: z.int().min(16 * 1024 * 1024),
    initial: 2 * 1024 ** 3,
    unit: 'bytes',
    about: 'How much disk the messages may take; the oldest segment goes first, and a notice says so.',
  }),
  'limits.memoryBytesMax': setting({
    schema: z.int().min(0),
    initial: 0,
    unit: 'bytes',
    about: 'How much memory the engine and the fleets may take together; beyond it no fleet is started and none grows, and a notice says so. 0: three quarters of this machine\'s.',
  }),
  'platform.strictSubscriptions': setting({
    schema: z.boolean(),
    initial: false,
    about: 'Deliver system messages only to devices that subscribed or carry _ss=1, as the cloud does.',
  }),
  'desired.pushOnConnect': setting({
    schema: z.boolean(),
    initial: false,
    about: 'Send a device its desired values when it connects; the cloud leaves it to the device to fetch them.',
  }),
  'debug.waitSec': setting({
    schema: z.number().min(0.1).max(600),
    initial: 8,
    unit: 'seconds',
    about: 'How long the debugging page waits for the answer to a command; after that the command counts as unanswered (1905).',
  }),
  'debug.slowPercent': setting({
    schema: z.int().min(1).max(100),
    initial: 50,
    unit: 'percent',
    about: 'The part of its wait after which the debugging page marks a command as slow.',
  }),
  'ota.urlValidSec': setting({
    schema: z.number().min(1).max(365 * 86_400),
    initial: 86_400,
    unit: 'seconds',
    about: 'How long the address of an update\'s file is valid; then the device has to ask again.',
  }),
  'ota.httpForTls': setting({
    schema: z.boolean(),
    initial: false,
    about: 'Give http addresses of updates also to devices that connect over TLS; many cannot check a certificate made here.',
  }),
  'ota.downloadHost': setting({
    schema: z.string().max(100).regex(/^$|^[\dA-F]*:[\d.:A-F]*$|^[a-z\d](?:[a-z\d.-]*[a-z\d])?$/i, 'expected a host name or an IP address of at most 100 characters, without http:// and without a port'),
    initial: '',
    about: 'The address that devices are given for downloads of updates and configurations; empty: the one at which the device has connected.',
  }),
  'ota.standardPorts': setting({
    schema: z.boolean(),
    initial: false,
    about: 'Serve downloads on ports 80 and 443 too, so that addresses have no port; some device kits pass over the port.',
  }),
  'remoteConfig.urlValidSec': setting({
    schema: z.number().min(1).max(86_400),
    initial: 1_800,
    unit: 'seconds',
    about: 'How long the address of a remote configuration is valid; then the device has to ask again.',
  }),
  'device.openToNetwork': setting({
    schema: z.boolean(),
    initial: false,
    about: 'Let boards on this network connect; takes effect at the next start.',
  }),
  'openapi.openToNetwork': setting({
    schema: z.boolean(),
    initial: false,
    about: 'Let programs on this network call the cloud\'s API; every call has to be signed with an access key. Takes effect at the next start.',
  }),
} as const

export type SettingName = keyof typeof settings
export type SettingValues = { [N in SettingName]: z.output<(typeof settings)[N]['schema']> }

export const settingMethods = {
  'settings.get': method({
    about: 'All settings with their values.',
    input: z.strictObject({}),
    output: type<SettingValues>(),
  }),
  'settings.set': method({
    about: 'Changes one setting; the value is checked against the settings table.',
    input: z.strictObject({
      name: z.enum(Object.keys(settings) as [SettingName, ...SettingName[]]),
      value: z.json(),
    }),
    output: type<SettingValues>(),
  }),
}
