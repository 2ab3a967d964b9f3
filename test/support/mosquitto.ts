import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { startProcess } from './child-process.ts'
import { freePort } from './free-port.ts'
import { createTempFolder } from './temp-folder.ts'
import { waitFor } from './wait-for.ts'

export interface Mosquitto { host: string, port: number, url: string, pid: number, close: () => Promise<void> }

/** True when the port accepts a TCP connection. */
function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/**
 * Starts the mosquitto that the system has, on a free port of 127.0.0.1, keeping nothing; open to anybody there, or as the
 * lines of its configuration say.
 * Fails with a sentence when it is not installed.
 */
export async function startMosquitto({ lines = ['allow_anonymous true'], urlScheme = 'mqtt' }: { lines?: string[], urlScheme?: 'mqtt' | 'mqtts' } = {}): Promise<Mosquitto> {
  const folder = createTempFolder()
  const host = '127.0.0.1'
  const port = await freePort()
  const configFile = join(folder.path, 'mosquitto.conf')
  await writeFile(configFile, [
    `listener ${port} ${host}`,
    ...lines,
    'persistence false',
    'max_queued_messages 0',
    'max_inflight_messages 0',
    'log_type error',
    'log_type warning',
    'set_tcp_nodelay true',
    '',
  ].join('\n'))
  // Debian installs it where only root's PATH looks.
  const server = startProcess('mosquitto', ['-c', configFile], {
    env: { PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` },
  })
  let ended: string | undefined
  server.exited.then(
    () => { ended = `mosquitto ended at once: ${server.stderr() || server.stdout()}` },
    (error: Error) => { ended = `${error.message} Install it with: apt-get install mosquitto` },
  )
  const close = async () => {
    await server.stop().catch(() => {})
    await folder.close()
  }
  try {
    await waitFor(async () => ended !== undefined || accepts(host, port), { what: `mosquitto to listen on port ${port}` })
    if (ended !== undefined)
      throw new Error(ended)
  }
  catch (error) {
    await close()
    throw error
  }
  return {
    host,
    port,
    url: `${urlScheme}://${host}:${port}`,
    pid: server.pid,
    close,
  }
}
