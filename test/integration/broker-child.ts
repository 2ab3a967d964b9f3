/**
 * A process with a broker on a store, to be killed: `node broker-child.ts DIR` prints its port. What the meter publishes is
 * delivered to the lamp and acknowledged when the lamp is sure to get it.
 */
import process from 'node:process'
import { createBroker } from '../../src/engine/broker/broker.ts'
import { queuedPropertiesColumn, sessionTables } from '../../src/engine/broker/session-rows.ts'
import { openStore } from '../../src/engine/store/store.ts'
import { realClock } from '../../src/host/real-clock.ts'
import { silentLog } from '../../src/shared/log.ts'
import { customTopic, lamp, meter } from '../support/broker-devices.ts'

const store = await openStore({
  dir: process.argv[2]!,
  clock: realClock,
  log: silentLog,
  migrations: [{ version: 1, name: 'sessions', sql: sessionTables }, { version: 2, name: 'properties', sql: queuedPropertiesColumn }],
  keepTracesDays: 1,
  keepTracesBytesMax: 2 ** 30,
  onNotice: () => {},
  onPressure: () => {},
})
const broker = await createBroker({
  host: '127.0.0.1',
  port: 0,
  clock: realClock,
  log: silentLog,
  store,
  hooks: {
    findDevice: (_productKey, deviceName) => [lamp, meter].find(device => device.deviceName === deviceName),
    onConnectAttempt: () => {},
    onOnline: () => {},
    onOffline: () => {},
    onPublish(_client, { payload }, _refusal, acknowledge) {
      broker.deliver(lamp.deviceId, { topic: customTopic(lamp, 'get'), payload, qos: 1 })
      void broker.flush().then(() => acknowledge())
    },
    onSubscribe: () => {},
    onUnsubscribe: () => {},
  },
})
process.once('SIGTERM', () => void broker.close().then(() => store.close()))
process.stdout.write(`${broker.address.port}\n`)
