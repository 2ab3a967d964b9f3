/** Where the sources contradict each other or say nothing, and what Thingbench does. */
export interface Decision { about: string, sources: string, here: string }

/** The manuals, the SDKs and recordings of devices disagree. */
export const disagreements: readonly Decision[] = [
  { about: 'the code of a refused login in MQTT 3.1.1', sources: 'some SDKs read 4, some 5', here: '4 for an unknown device or a wrong signature, 5 for a disabled one' },
  { about: 'the topic of a registration without a device', sources: 'the manual says `/ext/register`, the SDKs wait on `/ext/regnwl`', here: '`/ext/regnwl`' },
  { about: 'how long a synchronous call may take', sources: '5 s in older manuals, 8 s in newer ones', here: '8 s' },
  { about: 'bounds of a thing model', sources: 'arrays of 128 or 512, texts of 2,048 or 10,240 bytes', here: 'the larger ones' },
  { about: 'events in a pack', sources: 'the text says 20, the table of errors 200', here: '200' },
  { about: 'the reply to a joined sub-device', sources: 'the manual shows an empty object, an SDK expects the list', here: 'the list, which every SDK takes' },
  { about: 'status words of a changed topology', sources: 'one table has 2 and 8 swapped', here: '2 enabled again, 8 disabled' },
  { about: 'the notice of an update', sources: 'the manual shows code `200`, a text id and `MD5`; devices get code `"1000"`, a number and `Md5`', here: 'as devices get it' },
]

/** No source says; a device should not rely on either. */
export const unknowns: readonly Decision[] = [
  { about: 'QoS of messages to a device', sources: 'not published', here: 'replies, time and RRPC with 0; sets, services, shadow with 1, and only while the device is online' },
  { about: 'system messages to a client without `_ss=1` and without SUBSCRIBE', sources: 'not published; supposedly none', here: 'delivered, with a word in the trace; `platform.strictSubscriptions` turns that off' },
  { about: 'the end of a connection that was taken over, in MQTT 5', sources: 'not published', here: 'DISCONNECT with 0x8E' },
  { about: 'user properties of MQTT 5 on errors', sources: 'not published', here: 'none' },
  { about: 'shadow versions 0 and -1 from a device', sources: 'used by SDKs, not described', here: '0 is taken as a first version, -1 starts over' },
  { about: 'desired values when a device comes online', sources: 'the manual lets the device fetch them', here: 'the same; the setting `desired.pushOnConnect` sends them' },
  { about: 'echo of a custom topic to its sender', sources: 'not published', here: 'none' },
  { about: 'limits of the cloud\'s accounts', sources: 'published, and different by instance', here: 'applied only with the setting `limits.applyCloud`; off, more is taken and noted' },
  { about: 'how fresh a timestamp has to be', sources: 'SDKs send the year 2050 or the time since boot', here: 'never checked' },
]
