/**
 * One broker in a process of its own, as a side of the broker benchmark: `thingbench` (ours, with logins checked, topic rules
 * on and every publish discarded behind the hook; with a folder named, every publish is in SQLite before it is acknowledged)
 * or `aedes` (bare, as its readme starts it). Says its port, then its memory whenever it is asked.
 */
import type { BrokerDevice } from '../../src/engine/broker/types.ts'
import { once } from 'node:events'
import { createServer } from 'node:net'
import process from 'node:process'
import { Aedes } from 'aedes'
import { createBroker } from '../../src/engine/broker/broker.ts'
import { queuedPropertiesColumn, sessionTables } from '../../src/engine/broker/session-rows.ts'
import { openStore } from '../../src/engine/store/store.ts'
import { realClock } from '../../src/host/real-clock.ts'
import { silentLog } from '../../src/shared/log.ts'
import { benchDevice } from './broker-device.ts'

/** The devices of the run, found as the registry finds them: by a map. */
function makeDevices(count: number): Map<string, BrokerDevice> {
  const devices = new Map<string, BrokerDevice>()
  for (let index = 0; index < count; index++) {
    const device = benchDevice(index)
    devices.set(`${device.productKey}/${device.deviceName}`, device)
  }
  return devices
}

async function startOurs(count: number, workspace: string | undefined): Promise<number> {
  const devices = makeDevices(count)
  let onPressure = (_isFull: boolean): void => {}
  const store = workspace === undefined
    ? undefined
    : await openStore({
        dir: workspace,
        clock: realClock,
        log: silentLog,
        migrations: [{ version: 1, name: 'sessions', sql: sessionTables }, { version: 2, name: 'properties', sql: queuedPropertiesColumn }],
        keepTracesDays: 7,
        keepTracesBytesMax: 2 ** 31,
        onNotice: () => {},
        onPressure: full => onPressure(full),
      })
  const broker = await createBroker({
    host: '127.0.0.1',
    port: 0,
    clock: realClock,
    log: silentLog,
    ...(store && { store }),
    hooks: {
      findDevice: (productKey, deviceName) => devices.get(`${productKey}/${deviceName}`),
      onConnectAttempt: () => {},
      onOnline: () => {},
      onOffline: () => {},
      onPublish(client, message, refusal, acknowledge) {
        if (store === undefined) {
          acknowledge()
          return
        }
        store.append({
          at: realClock.now(),
          deviceId: client.device.deviceId,
          deviceKey: null,
          direction: 'up',
          topic: message.topic,
          qos: message.qos,
          payload: message.payload.slice(),
          code: refusal?.code ?? 200,
          detail: null,
          causeId: null,
          samples: null,
        }, { mustKeep: true, onCommitted: acknowledge })
      },
      onSubscribe: () => {},
      onUnsubscribe: () => {},
    },
  })
  onPressure = broker.setPressure
  return broker.address.port
}

async function startAedes(): Promise<number> {
  const aedes = await Aedes.createBroker()
  const server = createServer(aedes.handle)
  server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 })
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const [who, count, workspace] = process.argv.slice(2)
const port = who === 'aedes' ? await startAedes() : await startOurs(Number(count), workspace)
process.on('message', () => {
  globalThis.gc?.()
  globalThis.gc?.()
  process.send?.({ rss: process.memoryUsage().rss })
})
process.on('disconnect', () => process.exit())
process.send?.({ port })
