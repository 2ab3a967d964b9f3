import type { Broker, BrokerOptions } from './broker/types.ts'
import type { Notices } from './notices.ts'
import { AppError } from '../shared/errors.ts'
import { createBroker } from './broker/broker.ts'

/**
 * Opens the device port. One that is taken is replaced by a free one, and the user is told which program to look for and what
 * to flash. Throws AppError `listen/failed`.
 */
export async function openDevicePort(options: BrokerOptions, notices: Notices): Promise<Broker> {
  try {
    return await createBroker(options)
  }
  catch (error) {
    const taken = error instanceof AppError && error.details.reason === 'EADDRINUSE'
    if (!taken || options.port === 0)
      throw error
    const broker = await createBroker({ ...options, port: 0 })
    notices.add('warning', 'port-taken', `Port ${options.port} is taken by another program, so devices connect to port ${broker.address.port} until the next start.`)
    return broker
  }
}
