import type { BrokerDevice } from '../../src/engine/broker/types.ts'
import { createHmac } from 'node:crypto'
import { buildClientId, buildUsername, connectSignContent } from '../../src/shared/alink/sign.ts'

/** The devices of the broker benchmark: the load logs in as them, our broker knows them, the others do not care. */
export function benchDevice(index: number): BrokerDevice {
  const deviceName = `bench-${String(index).padStart(5, '0')}`
  return { deviceId: index + 1, productKey: 'a1BenchLoad', deviceName, deviceSecret: `secret-of-${deviceName}`, disabled: false }
}

/** What the device puts into CONNECT. */
export function benchCredentials({ productKey, deviceName, deviceSecret }: BrokerDevice): { clientId: string, username: string, password: Buffer } {
  const id = `${productKey}.${deviceName}`
  const content = connectSignContent({ clientId: id, productKey, deviceName, timestamp: undefined })
  return {
    clientId: buildClientId(id, { securemode: 3, signmethod: 'hmacsha256' }),
    username: buildUsername({ productKey, deviceName }),
    password: Buffer.from(createHmac('sha256', deviceSecret).update(content).digest('hex')),
  }
}
