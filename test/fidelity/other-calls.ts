import type { Call } from './fidelity.ts'
import { absent, exact, partial } from './fidelity.ts'

/** Custom topics, broadcasts, registration topics and what has no meaning (Alink 1.9, 2.2, 7.5). */
export const topicCalls = {
  'custom': partial('topics of the product\'s own, below /{productKey}/{deviceName}/user/', 'Categories and their rights are not declared: a device may publish and subscribe on all of its own.', ['integration/broker-subscribe', 'brings custom topics and broadcasts only to a matching subscription'], ['integration/broker-publish', 'is never routed to another device, nor back to its sender']),
  'broadcast.request': absent('a message to every device of a product that is online'),
  'broadcast': absent('a message to the subscribers of a broadcast topic', 'Devices may subscribe; nothing is sent.'),
  'ext.register': exact('the secret of a device that registers over MQTT', ['integration/device-registration', 'sends a device that was made before its secret right after CONNACK, unasked, on plain TCP and with any keep-alive']),
  'ext.regnwl': exact('client id and token of a device that nobody made before', ['integration/device-registration', 'makes a device that nobody made, and lets it in with its client id and token, and only with those']),
  'unknown': exact('any other topic: acknowledged, kept, and the connection goes on', ['integration/fuzz', 'takes twenty thousand packets that no device should send, and healthy devices notice nothing'], ['integration/link-sdk-c', 'sends JSON that is none and a number for an id, and stays connected']),
  'invalid': exact('a topic of a wrong form is refused with 1903', ['unit/engine/broker/acl', 'is allowed with 128 bytes and with seven slashes', 'is refused with %s as 1903']),
} satisfies Record<string, Call>

/** Calls of consumer products and old SDKs (Alink 7.9). */
export const rareCalls = {
  'device.reset': absent('a device forgets its user'),
  'bootstrap.notify': absent('the wish that a device looks for its server again'),
  'bootstrap.configPush': absent('the same of an older generation'),
  'extension.notify': absent('a notice to the device, such as a binding'),
  'extension.post': absent('a call of a platform service by the device'),
  'lan.prefixGet': absent('keys for control in the local network'),
  'lan.prefixUpdate': absent('new keys'),
  'lan.blacklistUpdate': absent('keys that are no longer good'),
  'cipher.get': absent('a key for the local network'),
  'awss.match': absent('joining a network with a phone: the token'),
  'awss.checkin': absent('joining a network with another device'),
  'awss.found': absent('a device that wants to join'),
  'awss.switchAp': absent('a change of the network'),
} satisfies Record<string, Call>
