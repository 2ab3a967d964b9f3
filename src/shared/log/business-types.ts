/** The business types of the platform's log as it stores them, spelling and case exactly so (platform rule LOG-10). */
export const businessTypes = [
  'device',
  'uplink',
  'downlink',
  'ThingModelMessage',
  'ThingModel',
  'ScriptParsing',
  'DataStorage',
  'ThingService',
  'ApiService',
  'OTA',
  'RemoteConfig',
  'ThingTopo',
  'DeviceShadow',
  'RuleEngine',
  'ServiceSubscribe',
  'subscribe',
  'unsubscribe',
  'DeviceFileUpload',
  'Other',
] as const

type BusinessType = (typeof businessTypes)[number]

/** The business types of the log here: those of the cloud, and one for what goes wrong on purpose. */
export const logTypes = [...businessTypes, 'FaultInjection'] as const

export type LogType = (typeof logTypes)[number]

/** What an Alink method belongs to in the platform's log; `ThingModelMessage` for what the thing model itself is about. */
const typesOfMethods: readonly (readonly [start: string, type: BusinessType])[] = [
  ['thing.config.log.', 'Other'],
  ['thing.config.', 'RemoteConfig'],
  ['thing.topo.', 'ThingTopo'],
  ['thing.sub.', 'ThingTopo'],
  ['thing.list.', 'ThingTopo'],
  ['thing.proxy.', 'ThingTopo'],
  ['thing.gateway.', 'ThingTopo'],
  ['thing.file.upload.', 'DeviceFileUpload'],
  ['thing.ota.', 'OTA'],
  ['thing.file.download', 'OTA'],
  ['thing.deviceinfo.', 'Other'],
  ['thing.log.', 'Other'],
  ['_thing.diag.', 'Other'],
]

/** The business type of a request by its Alink method (Alink 10.1). */
export function businessTypeOfMethod(method: string): BusinessType {
  return typesOfMethods.find(([start]) => method.startsWith(start))?.[1] ?? 'ThingModelMessage'
}
