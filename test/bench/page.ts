/**
 * The page in Chromium while messages flood in: frames a second, how long a key press waits, and memory over time. Engine,
 * writer, fleet and browser share this machine's cores, as they do on a laptop.
 */
import type { Browser, CDPSession, Page } from '@playwright/test'
import type { BenchServer } from './bench-server.ts'
import type { BenchOptions, BenchRow } from './report.ts'
import { setTimeout as delay } from 'node:timers/promises'
import { chromium } from '@playwright/test'
import { quietConversation } from '../../src/shared/contract/fleet-conversation.ts'
import { quietUpdates } from '../../src/shared/contract/fleet-updates.ts'
import { findChromium } from '../support/find-chromium.ts'
import { waitFor } from '../support/wait-for.ts'
import { meterBehaviours, meterModel, withBenchServer } from './bench-server.ts'

/** Half of the messages are posts, half are the platform's replies. */
const messagesPerSec = 5_000
const devices = 1_000

export interface PageSample {
  framesPerSec: number
  /** The longest waits of key presses until their handler ran, milliseconds. */
  inputDelayMs: number
  heapBytes: number
}

/** Counts frames and key presses in the page itself; `window.bench` is read and reset by {@link takeSample}. */
async function installProbe(page: Page): Promise<void> {
  await page.evaluate(() => {
    const probe = { frames: 0, delays: [] as number[] }
    Object.assign(window, { bench: probe })
    const frame = () => {
      probe.frames += 1
      requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
    // The time stamp is that of the input, so the difference is how long the page was too busy to look at it.
    window.addEventListener('keydown', event => probe.delays.push(performance.now() - event.timeStamp), { capture: true })
  })
}

async function takeSample(page: Page, devTools: CDPSession, seconds: number): Promise<PageSample> {
  await page.evaluate(() => {
    Object.assign((window as unknown as { bench: object }).bench, { frames: 0, delays: [] })
  })
  const startedAt = performance.now()
  while (performance.now() - startedAt < seconds * 1_000) {
    await page.keyboard.press('Shift')
    await delay(200)
  }
  const elapsedSec = (performance.now() - startedAt) / 1_000
  const { frames, delays } = await page.evaluate(() => (window as unknown as { bench: { frames: number, delays: number[] } }).bench)
  await devTools.send('HeapProfiler.collectGarbage')
  const { usedSize } = await devTools.send('Runtime.getHeapUsage')
  const sorted = delays.toSorted((a, b) => a - b)
  return { framesPerSec: frames / elapsedSec, inputDelayMs: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN, heapBytes: usedSize }
}

async function startFlood(server: BenchServer): Promise<{ productKey: string, fleetId: string }> {
  const { productKey } = await server.client.call('product.importModel', { text: meterModel(), name: 'Meter' })
  const { fleetId } = await server.client.call('fleet.create', { productKey, conversation: quietConversation, updates: quietUpdates, count: devices, intervalSec: devices / (messagesPerSec / 2), prefix: 'meter', connectPerSec: 2_000, seed: 1, behaviours: meterBehaviours })
  await server.client.call('fleet.start', { fleetId })
  await waitFor(async () => (await server.client.call('fleet.get', { fleetId })).stats.connected === devices, { timeoutMs: 60_000, what: 'the fleet to be connected' })
  return { productKey, fleetId }
}

/** Messages a second, both ways, as the engine itself counts them. */
async function measuredRate(server: BenchServer, seconds: number): Promise<number> {
  const rates: number[] = []
  const leave = new AbortController()
  const watching = server.client.subscribe('app.status', {}, ({ upPerSec, downPerSec }) => { rates.push(upPerSec + downPerSec) }, { signal: leave.signal })
  await delay(seconds * 1_000)
  leave.abort()
  await watching
  const counted = rates.slice(1)
  return counted.reduce((sum, rate) => sum + rate, 0) / counted.length
}

/** Opens a page in a browser of its own and samples it for some seconds, once its code is compiled. */
export async function probePage(server: BenchServer, path: string, seconds: number): Promise<PageSample[]> {
  const browser = await launch()
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await page.goto(server.ready.console.url)
    await page.evaluate((hash) => { location.hash = hash }, path)
    const devTools = await page.context().newCDPSession(page)
    await installProbe(page)
    await takeSample(page, devTools, 2)
    const samples: PageSample[] = []
    for (let second = 0; second < seconds; second += 5)
      samples.push(await takeSample(page, devTools, 5))
    return samples
  }
  finally {
    await browser.close()
  }
}

function launch(): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === undefined)
    throw new Error('There is no Chromium here; install it or name one in CHROMIUM.')
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--enable-precise-memory-info'] })
}

/** Drives the page through its busiest views at 5,000 messages a second. */
export async function benchPage({ long, say }: BenchOptions): Promise<BenchRow[]> {
  const secondsPerView = long ? 600 : 20
  const secondsPerSample = long ? 30 : 5
  return await withBenchServer([], async (server) => {
    const { productKey, fleetId } = await startFlood(server)
    const views = [
      { name: 'trace, live', path: `#/trace` },
      { name: 'fleet of 1,000', path: `#/fleets/${fleetId}` },
      { name: 'one device with plot', path: `#/devices/${productKey}/meter-0001` },
    ]
    const browser = await launch()
    try {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
      await page.goto(server.ready.console.url)
      const devTools = await page.context().newCDPSession(page)
      const rows: BenchRow[] = []
      for (const { name, path } of views) {
        await page.evaluate((hash) => { location.hash = hash }, path)
        await installProbe(page)
        // Code is compiled and buffers fill up to their limits in the first seconds.
        await takeSample(page, devTools, Math.min(10, secondsPerView / 4))
        const samples: PageSample[] = []
        const rate = measuredRate(server, secondsPerView)
        for (let second = 0; second < secondsPerView; second += secondsPerSample)
          samples.push(await takeSample(page, devTools, secondsPerSample))
        const label = `page, ${name}, at ${Math.round(await rate).toLocaleString('en')} messages/s`
        say(`${label}: ${samples.map(sample => sample.framesPerSec.toFixed(0)).join(' ')} frames/s`)
        const who = 'thingbench'
        rows.push(
          { what: `${label}: frames`, who, unit: 'frames/s', samples: samples.map(sample => sample.framesPerSec), atLeast: 50 },
          { what: `${label}: key press waits, p99`, who, unit: 'ms', samples: samples.map(sample => sample.inputDelayMs), atMost: 100 },
          { what: `${label}: memory`, who, unit: 'MB', samples: samples.map(sample => sample.heapBytes / 1e6) },
          { what: `${label}: memory growth, first to last third of ${secondsPerView} s`, who, unit: '%', samples: [growthPercent(samples)], atMost: 10 },
        )
      }
      return rows
    }
    finally {
      await browser.close()
    }
  })
}

/** How much memory grew from the first third of a view to its last third, in percent. */
function growthPercent(samples: PageSample[]): number {
  const third = Math.max(1, Math.floor(samples.length / 3))
  const mean = (part: PageSample[]) => part.reduce((sum, { heapBytes }) => sum + heapBytes, 0) / part.length
  return (mean(samples.slice(-third)) / mean(samples.slice(0, third)) - 1) * 100
}
