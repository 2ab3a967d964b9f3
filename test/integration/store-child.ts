/**
 * A process with a store, for what can only be tried on a process: `node store-child.ts append|limited DIR`.
 * It says what happens as one JSON value a line.
 */
import type { TraceEntry } from '../../src/engine/store/types.ts'
import type { Clock } from '../../src/shared/clock.ts'
import { Buffer } from 'node:buffer'
import process from 'node:process'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { openStore } from '../../src/engine/store/store.ts'
import { limits } from '../../src/shared/limits.ts'
import { silentLog } from '../../src/shared/log.ts'

const [mode, dir = ''] = process.argv.slice(2)
const say = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`)

/** A hundred times as fast as the wall, so that minutes between flushes and seconds between retries pass while the test looks on. */
const speed = 100
const startedAt = Date.now()
const fastClock: Clock = {
  now: () => startedAt + (Date.now() - startedAt) * speed,
  setAlarm(delayMs, run) {
    const timer = setTimeout(run, delayMs / speed)
    return { cancel: () => clearTimeout(timer) }
  },
}

function open() {
  return openStore({
    dir,
    clock: fastClock,
    log: silentLog,
    migrations: [{ version: 1, name: 'counter', sql: 'CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER)' }],
    keepTracesDays: 3650,
    keepTracesBytesMax: 2 ** 40,
    onNotice: ({ code, message }) => say({ notice: code, message }),
    onPressure: full => say({ pressure: full }),
  })
}

const setCounter = { name: 'counter.set', sql: 'INSERT INTO counter VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value' }

function message(device: number, at: number, value: number, payloadBytes: number): TraceEntry {
  return { at, deviceId: device, deviceKey: null, direction: 'up', topic: `/sys/a1Test/${device}/thing/event/property/post`, qos: 1, payload: Buffer.alloc(payloadBytes, 'x'), code: 200, detail: null, causeId: null, samples: [{ property: 'Counter', at, value }] }
}

/** Writes as fast as it is committed and prints every id after its commit, until it is killed. */
async function appendForever(): Promise<void> {
  const store = await open()
  for (let round = 1; ; round++) {
    const ids: number[] = []
    for (let i = 0; i < 50; i++) {
      const id = store.append(message(1 + i % 5, fastClock.now(), i, 100), { mustKeep: true, onCommitted: () => ids.push(id) })
    }
    await store.write([{ statement: setCounter, params: ['round', round] }])
    await store.flush()
    say({ round, ids })
  }
}

/** Runs under a limit on the size of files, and reports what it does when writing fails and after that. */
async function writeAgainstLimit(): Promise<void> {
  // Without a listener the signal that comes with the limit ends the process.
  process.on('SIGXFSZ', () => {})
  const store = await open()
  const refused = (error: { code: string, message: string }) => say({ refused: error.code, message: error.message })
  let sent = 0
  let committed = 0
  const send = (mustKeep: boolean) => {
    const id = store.append(message(1, fastClock.now(), sent, 10_000), { mustKeep, onCommitted: () => committed++ })
    sent += id === 0 ? 0 : 1
    return id
  }
  for (let i = 0; i < 5; i++)
    send(true)
  await store.flush()
  while (store.stats().failing === null) {
    send(true)
    await nextTurn()
  }
  say({ failing: store.stats().failing })
  store.write([{ statement: setCounter, params: ['lost', 1] }]).catch(refused)
  while (send(false) !== 0)
    await nextTurn()
  send(true)
  const page = await store.traces.page({}, { limit: 5 })
  say({ full: true, droppedRows: store.stats().droppedRows, readable: page.rows.length, counters: (await store.read({ name: 'counter.all', sql: 'SELECT * FROM counter' }, [])).length })
  await store.flush()
  await store.write([{ statement: setCounter, params: ['kept', 1] }])
  say({ sent, committed, counters: await store.read({ name: 'counter.all', sql: 'SELECT name FROM counter' }, []), failing: store.stats().failing, queuedRows: store.stats().queuedRows })
  await store.close()
}

/** Opens the store as a user who may not write there. */
async function openAsNobody(): Promise<void> {
  if (process.getuid?.() === 0)
    process.setuid?.(65_534)
  await open().then(store => store.close(), (error: { code: string, message: string }) => say({ refused: error.code, message: error.message }))
}

if (mode === 'append')
  await appendForever()
else if (mode === 'limited')
  await writeAgainstLimit()
else
  await openAsNobody()
say({ ended: mode, queueRowsMax: limits.writeQueueRowsMax })
