import type { StandardPort } from '../shared/contract/download.ts'
import type { DeviceHttpListener } from './config.ts'
import type { Notices } from './notices.ts'
import { AppError, toErrorValue } from '../shared/errors.ts'

export interface StandardPortsContext {
  /** Opens a listener for devices on another port. Throws AppError `listen/failed` with the system's reason. */
  open: (port: number) => Promise<DeviceHttpListener>
  isWanted: () => boolean
  /** The port of the listener itself. */
  ownPort: () => number | null
  notices: Pick<Notices, 'add'>
  /** For the advice: `linux`, `darwin`, `win32` …, and the program that has to be allowed. */
  system: { platform: string, program: string }
}

/** Where a scheme is at home. */
const homes = { http: 80, https: 443 } as const

type Door = StandardPort & { listener?: DeviceHttpListener }

/**
 * Listeners for devices on ports 80 and 443, beside the one that there is anyway: some device kits pass over the port in an
 * address. Opened and closed while the engine runs; what cannot be opened is told with what to do about it.
 */
export class StandardPorts {
  readonly #context: StandardPortsContext
  readonly #doors: Door[] = Object.values(homes).map(port => ({ port, state: 'off', advice: '', commands: [] }))
  #last: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(context: StandardPortsContext) {
    this.#context = context
  }

  /** Opens or closes what is wanted now; resolves when that is done, and never rejects. */
  apply(): Promise<void> {
    this.#last = this.#last.then(async () => {
      for (const door of this.#doors)
        await (this.#context.isWanted() && !this.#isClosed ? this.#openDoor(door) : this.#closeDoor(door))
    })
    return this.#last
  }

  /** Whether files can be had where a scheme is at home. */
  isAtHome(scheme: 'http' | 'https'): boolean {
    const door = this.#doors.find(({ port }) => port === homes[scheme])
    return door?.state === 'open' || this.#context.ownPort() === homes[scheme]
  }

  /** How it stands, when everything that was asked for is done. */
  async state(): Promise<StandardPort[]> {
    await this.#last
    return this.#doors.map(({ listener, ...door }) => this.#context.ownPort() === door.port ? { ...door, state: 'own' } : door)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.apply()
  }

  async #openDoor(door: Door): Promise<void> {
    const { open, ownPort, notices, system } = this.#context
    if (door.state === 'open' || ownPort() === door.port)
      return
    try {
      door.listener = await open(door.port)
      Object.assign(door, { state: 'open', advice: '', commands: [] })
    }
    catch (error) {
      const found = explainPort(door.port, error, { ...system, ownPort: ownPort() })
      Object.assign(door, found)
      notices.add('warning', `standard-port-${found.state}`, found.advice)
    }
  }

  async #closeDoor(door: Door): Promise<void> {
    const { listener } = door
    Object.assign(door, { state: 'off', advice: '', commands: [], listener: undefined })
    await listener?.close()
  }
}

/** Why a port could not be opened, and what can be done about it on that system. */
export function explainPort(port: number, error: unknown, { platform, program, ownPort }: { platform: string, program: string, ownPort: number | null }): Pick<StandardPort, 'state' | 'advice' | 'commands'> {
  const then = `Then switch the standard ports off and on. Until then addresses of files keep the port ${ownPort ?? ''}, and a board that passes over it has to be built with it.`
  const reason = error instanceof AppError ? error.details.reason : undefined
  if (reason === 'EACCES') {
    const commands = commandsToAllow(port, platform, program)
    return { state: 'denied', commands, advice: `The system does not let Thingbench listen on port ${port}. ${howToAllow(platform, commands)} ${then}` }
  }
  if (reason === 'EADDRINUSE') {
    const commands = [commandToFind(port, platform)]
    return { state: 'taken', commands, advice: `Another program uses port ${port}; ${commands[0]} shows which one. End it, if it may go. ${then}` }
  }
  return { state: 'failed', commands: [], advice: `Port ${port} could not be opened: ${toErrorValue(error).message} ${then}` }
}

function commandsToAllow(port: number, platform: string, program: string): string[] {
  switch (platform) {
    case 'linux': return [`sudo sysctl net.ipv4.ip_unprivileged_port_start=${port}`, `sudo setcap cap_net_bind_service=+ep '${program}'`]
    case 'win32': return ['netsh http show servicestate', 'net stop http']
    default: return []
  }
}

function howToAllow(platform: string, [first, second]: string[]): string {
  switch (platform) {
    case 'linux': return `Either allow it to every program until the machine starts again: ${first}; or to this program for good: ${second}, and start Thingbench again.`
    case 'darwin': return 'macOS allows it to a listener on all addresses: let boards on this network in, and start Thingbench again.'
    case 'win32': return `Windows has reserved it, often for a web service of its own: ${first} names that, and ${second} ends it.`
    default: return 'It takes the rights of the administrator.'
  }
}

function commandToFind(port: number, platform: string): string {
  switch (platform) {
    case 'win32': return `netstat -abno -p TCP`
    case 'darwin': return `sudo lsof -nP -iTCP:${port} -sTCP:LISTEN`
    default: return `sudo ss -ltnp 'sport = :${port}'`
  }
}
