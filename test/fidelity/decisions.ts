/** Where the sources contradict each other or say nothing, and what Thingbench does. */
export interface Decision { about: string, sources: string, here: string }

/** The manuals, the SDKs and recordings of devices disagree. */
export const disagreements: readonly Decision[] = [
  { about: 'the code of a refused login in MQTT 3.1.1', sources: 'some SDKs read 4, some 5', here: '4 for an unknown device or a wrong signature, 5 for a disabled one' },
  { about: 'the topic of a registration without a device', sources: 'the manual says `/ext/register`, the SDKs wait on `/ext/regnwl`', here: '`/ext/regnwl`' },
  { about: 'how long a synchronous call may take', sources: '5 s in older manuals, 8 s in newer ones', here: '8 s' },
  { about: 'bounds of a thing model', sources: 'arrays of 128 or 512, texts of 2,048 or 10,240 bytes', here: 'the larger ones, while `limits.applyCloud` is on; off, more is published with a word' },
  { about: 'events in a pack', sources: 'the text says 20, the table of errors 200', here: '200, while `limits.applyCloud` is on' },
  { about: 'the reply to a joined sub-device', sources: 'the manual shows an empty object, an SDK expects the list', here: 'the list, which every SDK takes' },
  { about: 'status words of a changed topology', sources: 'one table has 2 and 8 swapped', here: '2 enabled again, 8 disabled' },
  { about: 'the code in the reply to a batch login', sources: 'one example shows the text `"200"`, all others a number', here: 'a number' },
  { about: 'sub-devices of a gateway, and of one batch login', sources: '2,000 or 1,500, and 50 or 5', here: 'the larger ones, while `limits.applyCloud` is on' },
  { about: 'the spelling of the signing method of a sub-device', sources: '`signmethod` when it joins, `signMethod` when it logs in', here: 'either in both' },
  { about: 'the notice of an update', sources: 'the manual shows code `200`, a text id and `MD5`; devices get code `"1000"`, a number and `Md5`', here: 'none is sent; the answer to `/ota/device/request` has the code that devices get and the id of the request' },
]

/** No source says; a device should not rely on either. */
export const unknowns: readonly Decision[] = [
  { about: 'QoS of messages to a device', sources: 'not published', here: 'replies, time, RRPC and broadcasts with 0; sets, services, shadow and notices to gateways with 1, and only while the device is online; to a sub-device everything with 0' },
  { about: 'system messages to a client without `_ss=1` and without SUBSCRIBE', sources: 'not published; supposedly none', here: 'delivered, with a word in the trace; `platform.strictSubscriptions` turns that off' },
  { about: 'the end of a connection that was taken over, in MQTT 5', sources: 'not published', here: 'DISCONNECT with 0x8E' },
  { about: 'user properties of MQTT 5 on errors', sources: 'not published', here: 'none' },
  { about: 'shadow versions 0 and -1 from a device', sources: 'used by SDKs, not described', here: '0 is taken as a first version, -1 starts over' },
  { about: 'desired values when a device comes online', sources: 'the manual lets the device fetch them', here: 'the same; the setting `desired.pushOnConnect` sends them' },
  { about: 'echo of a custom topic to its sender', sources: 'not published', here: 'none' },
  { about: 'limits of the cloud\'s accounts', sources: 'published, and different by instance', here: 'applied only with the setting `limits.applyCloud`; off, more is taken, and reports and files that exceed them carry a note in the trace' },
  { about: 'how fresh a timestamp has to be', sources: 'SDKs send the year 2050 or the time since boot', here: 'never checked' },
  { about: 'a login of a sub-device through the gateway that it is logged in through', sources: 'not described', here: '200; its session goes on and nobody is thrown out' },
  { about: '`data` in the reply to a refused login or logout of a sub-device', sources: 'optional', here: 'the device it is about; of a batch a list with the first one at fault' },
  { about: 'the code for a device whose product is no gateway, or whose product is none of sub-devices', sources: 'not published', here: '460, with the command that changes the product in the trace' },
  { about: '`/ext/error` 6401 when the gateway itself ended the relation', sources: 'not described', here: 'not sent: its request has been answered' },
  { about: 'a report of bytes whose reply the script makes nothing of', sources: 'supposedly answered with the JSON text', here: 'the same' },
  { about: 'the variant of CRC-64 of a whole file', sources: 'not published', here: 'CRC-64/XZ or CRC-64/Jones' },
  { about: 'the code of a refused upload when the store is full or there are too many uploads', sources: 'not published', here: '6760, the platform\'s code for a full store, and 429' },
  { about: 'the answer to `/ota/device/request` when there is no update', sources: 'not described', here: 'the form of a notice with empty `data`' },
  { about: 'the algorithm of `digestsign`', sources: 'not published', here: 'RSA with 2,048 bits and SHA-256 over the file, PKCS #1 v1.5, Base64' },
  { about: 'the code for a job that the platform does not know', sources: 'not published', here: '460' },
  { about: 'the CONNACK of a login that is one too many', sources: 'not published', here: '3, in MQTT 5 0x97; only with `limits.applyCloud`' },
]
