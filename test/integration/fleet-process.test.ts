import type { ChildProcess } from 'node:child_process'
import type { FleetSpec, RunningFleet } from '../../src/engine/fleet/fleet-host.ts'
import type { FleetProcess } from '../../src/engine/fleet/messages.ts'
import type { CellState, FleetStats } from '../../src/shared/contract/fleet.ts'
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { MessageChannel } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createFleetHost } from '../../src/engine/fleet/fleet-host.ts'
import { forkFleetProcess } from '../../src/engine/fork-fleet-process.ts'
import { realClock } from '../../src/host/real-clock.ts'
import { quietConversation } from '../../src/shared/contract/fleet-conversation.ts'
import { defaultLife } from '../../src/shared/contract/fleet-life.ts'
import { plainReport } from '../../src/shared/contract/fleet-report.ts'
import { quietConfigConduct, quietUpdates } from '../../src/shared/contract/fleet-updates.ts'
import { cellStates } from '../../src/shared/contract/fleet.ts'
import { silentLog } from '../../src/shared/log.ts'
import { FakeMessagePortMain } from '../support/electron-ports.ts'
import { startScriptedBroker } from '../support/scripted-broker.ts'
import { certificates, smallModel } from '../support/simulated-fleet.ts'
import { UtilityProcess } from '../support/utility-process.ts'
import { waitFor } from '../support/wait-for.ts'

type Broker = Awaited<ReturnType<typeof startScriptedBroker>>

const entry = new URL('../../src/engine/fleet-process-entry.ts', import.meta.url).pathname
let broker: Broker
beforeEach(async () => {
  broker = await startScriptedBroker()
})
afterEach(() => broker.close())

interface Watched { fleet: RunningFleet, stats: () => FleetStats | undefined, cells: () => CellState[], problem: () => string | undefined }

async function startFleet(change: Partial<FleetSpec> = {}, spawnProcess: () => FleetProcess = forkFleetProcess): Promise<Watched> {
  const host = createFleetHost({ spawn: spawnProcess, log: silentLog, clock: realClock, version: 'test' })
  onTestFinished(() => host.close())
  const fleet = await host.start({
    broker,
    devices: certificates(10),
    model: smallModel,
    behaviours: {},
    intervalMs: 200,
    qos: 1,
    connectPerSec: 1000,
    seed: 1,
    ...change,
  })
  let stats: FleetStats | undefined
  let cells: Uint8Array = new Uint8Array(0)
  let problem: string | undefined
  fleet.onStatus((latest, bytes) => {
    stats = latest
    cells = bytes
  })
  fleet.onFailed((sentence) => {
    problem = sentence
  })
  return { fleet, stats: () => stats, cells: () => [...cells].map(byte => cellStates[byte]!), problem: () => problem }
}

/** Starts the fleet's entry file as the engine would, but with this limit on open files. */
function spawnWithOpenFiles(openFilesMax: number): () => FleetProcess {
  return () => {
    const child = spawn('sh', ['-c', `ulimit -n ${openFilesMax} && exec "$0" "$1"`, process.execPath, entry], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], serialization: 'advanced' })
    return {
      post: message => child.send(message, () => {}),
      onMessage: listener => child.on('message', listener),
      onExit: listener => child.on('close', (code, signal) => listener({ code, signal, lastWords: '' })),
      kill: () => child.kill('SIGKILL'),
    }
  }
}

/** Remembers the pids of the processes that are forked. */
function forkRemembering(pids: number[]): () => FleetProcess {
  return () => {
    const child = fork(entry, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    pids.push(child.pid!)
    return {
      post: message => child.send(message, () => {}),
      onMessage: listener => child.on('message', listener),
      onExit: listener => child.on('close', (code, signal) => listener({ code, signal, lastWords: '' })),
      kill: () => child.kill('SIGKILL'),
    }
  }
}

describe('a fleet in processes of its own', () => {
  it('tells how it goes, and comes out as it went', async () => {
    const { fleet, stats, cells } = await startFleet({ durationMs: 1000 })
    await waitFor(() => stats()?.connected === 10)
    expect(cells()).toEqual(Array.from({ length: 10 }).fill('online'))
    await new Promise<void>(resolve => fleet.onEnded(resolve))
    const result = await fleet.finish()
    expect(result).toMatchObject({ connected: 10, published: 50, acknowledged: 50, lost: 0, errors: {} })
    expect(result.latencyMs.p50).toBeGreaterThan(0)
    expect(stats()).toMatchObject({ processes: 1, memoryBytes: expect.any(Number) })
    await waitFor(() => broker.packets('disconnect').length === 10)
  })

  it('hands out a new array of cells exactly when one has changed', async () => {
    const { fleet } = await startFleet({ devices: certificates(2) })
    const seen: Uint8Array[] = []
    fleet.onStatus((_stats, cells) => seen.push(cells))
    await waitFor(() => seen.length >= 6)
    expect(new Set(seen.slice(-3)).size).toBe(1)
    broker.clients.forEach(client => client.socket.destroy())
    const shown = seen.at(-1)
    await waitFor(() => seen.at(-1) !== shown)
  })

  it('waits for acknowledgements that are under way when it finishes, and counts as lost what stays out', async () => {
    await broker.close()
    const held: (() => void)[] = []
    broker = await startScriptedBroker({
      script(packet, client) {
        if (packet.cmd !== 'publish')
          return false
        held.push(() => client.send({ cmd: 'puback', messageId: packet.messageId! }))
        return true
      },
    })
    const { fleet, stats } = await startFleet({ devices: certificates(4), intervalMs: 100, durationMs: 200 })
    await waitFor(() => stats()?.published === 8)
    const finished = fleet.finish()
    held.slice(0, 6).forEach(acknowledge => acknowledge())
    // The rest never comes: the devices that wait for it lose their connections.
    await waitFor(() => fleet.result().acknowledged === 6 || held.length === 8)
    broker.clients.forEach(client => client.socket.destroySoon())
    expect(await finished).toMatchObject({ connected: 4, published: 8, acknowledged: 6, lost: 2 })
  })

  it('changes while it runs: devices, interval and behaviours', async () => {
    const { fleet, stats, cells } = await startFleet({ intervalMs: 3_600_000 })
    await waitFor(() => stats()?.connected === 10)
    fleet.update({ devices: certificates(25), intervalMs: 50, behaviours: { Temperature: { kind: 'constant', value: 12.5 }, Switch: { kind: 'off' } } })
    await waitFor(() => stats()?.connected === 25)
    const posts = await waitFor(() => broker.packets('publish').length > 50 && broker.packets('publish'))
    expect(JSON.parse(posts.at(-1)!.payload.toString()).params).toEqual({ Temperature: 12.5 })
    fleet.update({ devices: certificates(3) })
    await waitFor(() => stats()?.connected === 3)
    await waitFor(() => cells().length === 3)
  })

  it('keeps a kicked device away until it is woken', async () => {
    const { fleet, stats, cells } = await startFleet({ devices: certificates(2) })
    await waitFor(() => stats()?.connected === 2)
    fleet.kicked('sim-0002')
    fleet.kicked('nobody')
    broker.clients.find(client => client.clientId.includes('sim-0002'))!.socket.destroy()
    await waitFor(() => cells()[1] === 'swapped')
    fleet.wake('sim-0002')
    await waitFor(() => cells()[1] === 'online')
  })

  it('stops at once when told to, and says goodbye', async () => {
    const { fleet, stats } = await startFleet()
    await waitFor(() => stats()?.connected === 10)
    await fleet.stop()
    await waitFor(() => broker.packets('disconnect').length === 10)
    expect(() => fleet.update({ intervalMs: 1 })).toThrow(/has been stopped/)
  })
})

describe('a fleet process that dies', () => {
  it('is reported with a sentence, takes the whole fleet along, and fails whoever waits', async () => {
    const pids: number[] = []
    const { fleet, stats, problem } = await startFleet({}, forkRemembering(pids))
    await waitFor(() => stats()?.connected === 10)
    process.kill(pids[0]!, 'SIGKILL')
    await waitFor(problem)
    expect(problem()).toBe('A fleet process ended unexpectedly (signal SIGKILL); its devices are disconnected.')
    await expect(fleet.finish()).rejects.toMatchObject({ code: 'fleet/failed', message: problem() })
    await fleet.stop()
  })

  it('fails a fleet that is finishing', async () => {
    await broker.close()
    broker = await startScriptedBroker({ script: packet => packet.cmd === 'publish' })
    const pids: number[] = []
    const { fleet, stats } = await startFleet({}, forkRemembering(pids))
    await waitFor(() => (stats()?.published ?? 0) > 0)
    const finished = fleet.finish()
    process.kill(pids[0]!, 'SIGKILL')
    await expect(finished).rejects.toMatchObject({ code: 'fleet/failed' })
  })

  it('fails the start when it never comes up, with its last words', async () => {
    const broken = (): FleetProcess => forkFleetProcess(new URL('../fixtures/no-such-entry.ts', import.meta.url).pathname)
    await expect(startFleet({}, broken)).rejects.toMatchObject({ code: 'fleet/failed', message: expect.stringMatching(/exit code 1.*Cannot find module/) })
  })
})

describe('open files', () => {
  it('that do not suffice for one process are shared by several', async () => {
    const { stats, fleet, cells } = await startFleet({ devices: certificates(60) }, spawnWithOpenFiles(100))
    await waitFor(() => stats()?.connected === 60)
    expect(stats()!.processes).toBe(2)
    expect(cells()).toHaveLength(60)
    fleet.kicked('sim-0060')
    broker.clients.find(client => client.clientId.includes('sim-0060'))!.socket.destroy()
    await waitFor(() => cells()[59] === 'swapped')
    fleet.update({ devices: certificates(80) })
    await waitFor(() => stats()?.connected === 79)
    expect(stats()!.processes).toBe(3)
    fleet.update({ devices: certificates(10) })
    await waitFor(() => stats()?.connected === 10)
  })

  it('that suffice for no number of processes are named, with what to do', async () => {
    await expect(startFleet({ devices: certificates(300) }, spawnWithOpenFiles(100))).rejects.toMatchObject({
      code: 'limit/reached',
      message: expect.stringMatching(/^300 devices need more open files.* 100, .* Use at most 288 devices, or raise the limit/),
    })
  })
})

describe('the process itself', () => {
  function forkEntry(): ChildProcess {
    const child = fork(entry, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    onTestFinished(() => {
      child.kill('SIGKILL')
    })
    return child
  }

  it('ends when its channel closes, and with it every connection', async () => {
    const child = forkEntry()
    await once(child, 'message')
    child.send({ kind: 'start', broker: { host: broker.host, port: broker.port, tls: null }, devices: certificates(5), model: smallModel, behaviours: {}, conversation: quietConversation, updates: quietUpdates, config: quietConfigConduct, network: null, misbehaviour: [], report: plainReport, life: defaultLife, downloadsMax: 1, subDevices: null, intervalMs: 100, qos: 1, connectPerSec: 1000, handshakesMax: 90, spreadSources: false, seed: 1, durationMs: null, subscribe: false, version: 'test', hashesTrace: false })
    await waitFor(() => broker.packets('publish').length > 5)
    const exited = once(child, 'exit')
    child.disconnect()
    expect(await exited).toEqual([0, null])
    await waitFor(() => broker.clients.every(client => client.socket.destroyed))
  })

  it('outlives the Ctrl+C that reaches everything in the terminal, because its host decides', async () => {
    const child = forkEntry()
    await once(child, 'message')
    child.kill('SIGINT')
    child.kill('SIGTERM')
    const answered = once(child, 'message')
    child.send({ kind: 'nonsense' })
    expect(await answered).toMatchObject([{ kind: 'rejected' }, undefined])
  })

  it('talks through the port that the desktop shell hands it, and ends when that closes', async () => {
    const { port1, port2 } = new MessageChannel()
    const child = new UtilityProcess(entry)
    onTestFinished(() => {
      child.kill()
    })
    child.postMessage({ t: 'port' }, [new FakeMessagePortMain(port1)])
    expect(await once(port2, 'message')).toEqual([{ kind: 'ready', openFilesMax: expect.any(Number) }])
    const exited = once(child, 'exit')
    port2.close()
    expect(await exited).toEqual([0])
  })

  it('refuses to be started by hand', async () => {
    const child = spawn(process.execPath, [entry], { stdio: ['ignore', 'ignore', 'pipe'] })
    let words = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      words += text
    })
    const [code] = await once(child, 'close')
    expect({ code, words }).toEqual({ code: 2, words: expect.stringContaining('started by the engine') })
  })
})
