import type { Call, Proof } from './fidelity.ts'
import { absent, exact, partial } from './fidelity.ts'

/** Custom topics, broadcasts, registration topics and what has no meaning (Alink 1.9, 2.2, 7.5). */
export const topicCalls = {
  'custom': partial('topics of the product\'s own, below /{productKey}/{deviceName}/user/, as its categories allow them', 'Categories with `+` or `#` may be for publishing too while the setting `limits.applyCloud` is off; in the cloud they are for subscribing only. Nothing is forwarded, and no script parses what comes with `?_sn=default`.', ['integration/custom-topics', 'are the default three, also for a product of an older workspace, and stay over a restart', 'are refused with a sentence when they break a rule', 'publishes where a category lets it; anything else is acknowledged, dropped and kept with 9236', 'subscribes where a category lets it; anything else is answered with a failure and kept with 403', 'arrives with the QoS it was sent with, on a journey that begins with the API', 'with QoS 1 waits for a device whose session is kept, and with QoS 0 does not'], ['integration/broker-publish', 'is never routed to another device, nor back to its sender']),
  'broadcast.request': partial('a message to every device of a product that is online', 'Always with QoS 0; one a minute and 64 KiB are the limit only while `limits.applyCloud` is on.', ['integration/custom-topics', 'reaches every device of the product that is online, unasked, and is one journey', 'comes once a minute with the cloud\'s limits']),
  'broadcast': partial('a message to the subscribers of a broadcast topic', 'Always with QoS 0; one a minute, 64 KiB and a thousand subscribers are the limit only while `limits.applyCloud` is on.', ['integration/custom-topics', 'on a topic reaches only those who subscribed to it', 'comes once a minute with the cloud\'s limits'], ['integration/broker-subscribe', 'brings custom topics and broadcasts only to a matching subscription']),
  'ext.register': exact('the secret of a device that registers over MQTT', ['integration/device-registration', 'sends a device that was made before its secret right after CONNACK, unasked, on plain TCP and with any keep-alive']),
  'ext.regnwl': exact('client id and token of a device that nobody made before', ['integration/device-registration', 'makes a device that nobody made, and lets it in with its client id and token, and only with those']),
  'unknown': exact('any other topic: acknowledged, kept with 6831 or 6203, and the connection goes on', ['integration/small-calls', 'hears what the platform has no topic for in silence, says so in the trace and keeps the connection'], ['integration/fuzz', 'takes twenty thousand packets that no device should send, and healthy devices notice nothing'], ['integration/link-sdk-c', 'sends JSON that is none and a number for an id, and stays connected']),
  'invalid': exact('a topic of a wrong form is refused with 1903', ['unit/engine/broker/acl', 'is allowed with 128 bytes and with seven slashes', 'is refused with %s as 1903']),
} satisfies Record<string, Call>

const neverSent = 'Never sent; what a device answers to it is kept.'
const consumerApp: Proof = ['integration/small-calls', 'lets the firmware of the consumer app go on with its work']

/** Calls of consumer products and old SDKs (Alink 7.9). */
export const rareCalls = {
  'device.reset': partial('a device forgets its user', 'Answered with 200; there are no users.', consumerApp),
  'bootstrap.notify': absent('the wish that a device looks for its server again', neverSent),
  'bootstrap.configPush': absent('the same of an older generation', neverSent),
  'extension.notify': absent('a notice to the device, such as a binding', neverSent),
  'extension.post': partial('a call of a platform service by the device', 'Answered with 200 and no data; nothing is carried out.', consumerApp),
  'lan.prefixGet': partial('keys for control in the local network', 'The prefix is made from the device\'s names.', consumerApp),
  'lan.prefixUpdate': absent('new keys', neverSent),
  'lan.blacklistUpdate': partial('keys that are no longer good', 'Answered with 200 and not kept.', consumerApp),
  'cipher.get': partial('a key for the local network', 'Answered with 200 and without a key.', consumerApp),
  'awss.match': partial('joining a network with a phone: the token', 'Answered with 200; there is no phone.', consumerApp),
  'awss.checkin': absent('joining a network with another device', neverSent),
  'awss.found': partial('a device that wants to join', 'Answered with 200; nobody lets it join.', consumerApp),
  'awss.switchAp': absent('a change of the network', neverSent),
} satisfies Record<string, Call>
