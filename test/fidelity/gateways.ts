import type { Call } from './fidelity.ts'
import { absent, partial } from './fidelity.ts'

/** Gateways, topology and sub-devices (Alink 2.3, 2.4, 3 and 7.8). */
export const gatewayCalls = {
  'sub.register': absent('secrets of sub-devices, asked for by their gateway'),
  'sub.unregister': absent('the reverse'),
  'sub.productRegister': absent('the same with the sub-device\'s product secret'),
  'topo.add': absent('a sub-device joins its gateway'),
  'topo.delete': absent('a sub-device leaves its gateway'),
  'topo.get': absent('the sub-devices of a gateway'),
  'topo.found': absent('sub-devices that a gateway has found'),
  'topo.addNotify': absent('the wish of an application that a sub-device joins'),
  'topo.change': absent('what an application changed in the topology'),
  'gateway.permit': absent('a window for pairing'),
  'session.login': absent('a sub-device comes online'),
  'session.logout': absent('a sub-device goes offline'),
  'session.batchLogin': absent('several come online, all or none'),
  'session.batchLogout': absent('several go offline'),
  'session.error': absent('why a sub-device was thrown out'),
  'device.disable': partial('a sub-device is told that it is disabled', 'There are no topologies: it is told on its own connection.', ['integration/device-enable', 'a sub-device is told before its session ends, and its answer is noted']),
  'device.enable': partial('a sub-device is told that it is enabled again', 'There are no topologies: it is told on its own connection.', ['integration/device-enable', 'a sub-device is told before its session ends, and its answer is noted']),
  'device.delete': absent('a sub-device is told that it is deleted'),
} satisfies Record<string, Call>
