// @vitest-environment happy-dom
import type { AppStatus } from '../../../../src/shared/contract/app.ts'
import type { ApiClient } from '../../../../src/shared/contract/contract.ts'
import type { ConnectionStatus } from '../../../../src/ui/client/engine-connection.ts'
import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import { createPage } from '../../../../src/ui/app/create-page.ts'
import { createObservable } from '../../../../src/ui/client/observable.ts'

const calm: AppStatus = {
  at: 0,
  devicesOnline: 998,
  devicesTotal: 1_000,
  upPerSec: 212,
  downPerSec: 214,
  refusedPerSec: 0,
  refusedTotal: 3,
  storedPerSec: 426,
  writeQueueRows: 0,
  writeQueueBytes: 0,
  writeQueuePercent: 0,
  writeDrainSec: 0,
  readsWaiting: 0,
  brokerQueue: { bytes: 0, mostBytes: 0, pausedDevices: 0 },
  fleetLoads: [],
  processor: { cores: 2, machinePercent: 40, enginePercent: 20, loopPercent: 15 },
  droppedRows: 0,
  droppedMessages: 0,
  droppedFeed: 0,
  loopLagMs: { p50: 0, p95: 1, p99: 2 },
  tickLatenessMs: null,
  engineMemoryBytes: 0,
  fleetMemoryBytes: 0,
  memoryBytesMax: 8 * 1024 ** 3,
  diskBytes: 1.2 * 1024 ** 3,
  diskBytesMax: 2 * 1024 ** 3,
  diskBytesPerSec: 0,
  oldestTraceAt: null,
  storeFailing: null,
  faultsOn: 0,
  fleetsInTrouble: 0,
  bottleneck: 'none',
  limit: null,
  limitTimes: 0,
  limitMs: 0,
}

// Without a developer tool to talk to, Vue would wait three seconds for one.
Object.assign(window, { __VUE_DEVTOOLS_GLOBAL_HOOK__: { emit: () => {}, on: () => {} } })

let unmount: (() => void) | undefined
afterEach(() => {
  unmount?.()
  unmount = undefined
})

/** The whole page on an engine that answers nothing and reports what the test sends. */
async function openPage() {
  const status = createObservable<ConnectionStatus>({ state: 'connecting', engineId: null, restarts: 0, attempts: 0, problem: null })
  const streams = new Map<string, (item: never) => void>()
  const api = {
    call: () => new Promise(() => {}),
    subscribe: (name: string, _input: unknown, onItem: (item: never) => void) => new Promise(() => streams.set(name, onItem)),
    close: () => {},
  } as unknown as ApiClient
  const element = document.createElement('div')
  document.body.append(element)
  const page = createPage({ api, status })
  page.mount(element)
  unmount = () => {
    page.unmount()
    element.remove()
  }
  await flushPromises()
  return {
    connection: async (change: Partial<ConnectionStatus>) => {
      status.set({ ...status.value, ...change })
      await flushPromises()
    },
    report: async (change: Partial<AppStatus>) => {
      streams.get('app.status')!({ ...calm, ...change } as never)
      await flushPromises()
    },
    text: (selector: string) => [...element.querySelectorAll(selector)].map(one => one.textContent?.replace(/\s+/g, ' ').trim()).join(' | '),
  }
}

describe('the frame around every page', () => {
  it('shows the bench in one line, and names the bottleneck when there is one', async () => {
    const page = await openPage()
    await page.connection({ state: 'online' })
    await page.report({})
    expect(page.text('footer .item')).toBe('engine | online 998 of 1,000 | ▲ 212/s ▼ 214/s | refused 3 | lag 2 ms | CPU 40 % | disk 1.2 GiB of 2 GiB | no bottleneck')
    await page.report({ limit: { part: 'writer', fromAt: Date.now() - 12_000, figures: { lateMs: null, cpuPercent: null, machinePercent: null, fleet: null, process: null, rows: 25_000, drainSec: 3, failing: null } }, writeQueueRows: 25_000, writeQueuePercent: 25, droppedRows: 7 })
    expect(page.text('footer .alarm')).toMatch(/^left out 7 \| limit: writing to disk · 1[2-9] s$/)
    expect(page.text('footer')).toContain('writing 25,000 rows')
  })

  it('says in red that messages cannot be stored, for as long as they cannot', async () => {
    const page = await openPage()
    await page.connection({ state: 'online' })
    await page.report({ storeFailing: 'The disk is full.' })
    expect(page.text('[role="alert"]')).toMatch(/^Messages cannot be stored at the moment: The disk is full\. QoS 1 senders wait/)
    await page.report({})
    expect(page.text('[role="alert"]')).toBe('')
  })

  it('keeps what it knew while the engine is lost, and explains a refusal', async () => {
    const page = await openPage()
    await page.connection({ state: 'online' })
    await page.report({})
    await page.connection({ state: 'lost', problem: 'broken' })
    expect(page.text('[role="alert"]')).toContain('The engine does not answer')
    expect(page.text('footer')).toContain('online 998 of 1,000')
    await page.connection({ state: 'refused', problem: 'The token was used.' })
    expect(page.text('[role="alert"]')).toContain('This page may not talk to the engine')
    expect(page.text('[role="alert"]')).toContain('The token was used.')
  })
})
