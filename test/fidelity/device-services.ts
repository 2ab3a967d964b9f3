import type { Call } from './fidelity.ts'
import { absent, exact, partial } from './fidelity.ts'

/** Shadow, tags, clock, log, network (Alink 6 and 7.1 to 7.4). */
export const serviceCalls = {
  'shadow.update': partial('the shadow, written, read and deleted by the device', 'The texts of the errors are not known to the letter; their codes are.', ['integration/device-shadow', 'answers a report unasked on the get topic with QoS 1 and keeps it over a restart', 'is reported, read and deleted by the npm SDK, whose version is a clock'], ['unit/engine/platform/shadow/handle', 'merges objects member by member and replaces arrays as a whole', 'refuses a version that is not greater and says both', 'has its desired side cleared by the text "null" and by JSON\'s null']),
  'shadow.get': exact('its answers, and what an application desires', ['integration/device-shadow', 'tells a device that is online what is desired of it, and the device clears it', 'tells a device that was away when it comes back, and nothing when nothing is desired']),
  'tag.update': exact('tags set by the device', ['integration/device-services', 'that a device sets are answered byte for byte and shown', 'are set and deleted by the npm SDK', 'that cannot be read are refused with 460 and a sentence that names the field'], ['integration/link-sdk-c', 'reports tags before it subscribes, then subscribes one by one, and gets every reply once']),
  'tag.delete': exact('tags deleted by the device', ['integration/device-services', 'are set and deleted by the npm SDK']),
  'tag.get': partial('tags read by the device', 'Some SDKs use it and no manual describes it; the answer is a list of keys and values.', ['integration/device-services', 'are given to a device that asks']),
  'ntp.request': exact('the platform\'s time', ['integration/device-services', 'tells a device that has not subscribed the time, in texts, with QoS 0', 'answers the npm SDK\'s own connection']),
  'ntp.response': exact('its answer', ['integration/device-services', 'tells a device that has not subscribed the time, in texts, with QoS 0']),
  'log.configGet': exact('whether the device may send its log', ['integration/device-log', 'is off at first; the switch is asked for and pushed', 'is told to a device that was away when it comes back, also after a restart']),
  'log.configPush': exact('the same, told when it changes', ['integration/device-log', 'is off at first; the switch is asked for and pushed'], ['integration/link-sdk-c', 'takes its time format in logs that it may send, and its own network entries']),
  'log.post': exact('lines of the device\'s own log, of both generations of SDKs', ['integration/device-log', 'is kept while it is on and found by each of the search fields', 'is answered and dropped with a word in the trace while it is off', 'is refused with 460 when it is no list']),
  'network.post': exact('signal, noise, loss and network errors', ['integration/device-log', 'is answered, listed by the time of measuring with its errors, and plotted', 'that is no report is refused with 460']),
} satisfies Record<string, Call>

/** Updates, configuration, files and jobs (Alink 7.6, 7.7, 8 and 9). */
export const updateCalls = {
  'ota.inform': absent('the version of a device\'s firmware or module', 'Acknowledged and kept, as the cloud does; the version is not noted.'),
  'ota.upgrade': absent('the notice of an update'),
  'ota.progress': absent('how far an update is'),
  'ota.request': absent('the older way to ask for an update'),
  'ota.firmwareGet': absent('asking for an update'),
  'file.download': absent('an update in blocks over MQTT'),
  'config.get': absent('the configuration of the product'),
  'config.push': absent('the same, pushed'),
  'file.uploadInit': absent('the beginning of a file from the device'),
  'file.uploadSend': absent('a block of it'),
  'file.uploadCancel': absent('its end before the end'),
  'job.notify': absent('a job for a device'),
  'job.get': absent('jobs asked for by the device'),
  'job.update': absent('how a job goes'),
} satisfies Record<string, Call>
