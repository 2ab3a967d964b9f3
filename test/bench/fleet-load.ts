import process from 'node:process'

export type LoadOrder = { kind: 'connect', port: number, count: number } | { kind: 'pace', intervalMs: number } | { kind: 'flat' }
export interface LoadFigures { connected: number, published: number, acknowledged: number }

/** How a peer of the fleet benchmark speaks MQTT. */
export interface LoadClients {
  /** Opens the connection of a device; `onConnected` after its CONNACK. */
  open: (index: number, port: number, onConnected: () => void) => void
  /** Sends a report with QoS 1; `onAcknowledged` after its PUBACK. */
  report: (index: number, onAcknowledged: () => void) => void
}

const handshakesMax = 90
const tickMs = 50

/** What both peers send: 200 bytes, the size of the fleet's reports. */
export const loadPayload = Buffer.alloc(200, '{"id":"1","version":"1.0","params":{"Temperature":21.4}}')

/**
 * The peer's part of the fleet benchmark, whatever it speaks MQTT with. Obeys its parent: connect, report at a pace or as fast
 * as acknowledgements come, one message of a device under way at a time.
 */
export function runLoad({ open, report }: LoadClients): void {
  const figures: LoadFigures = { connected: 0, published: 0, acknowledged: 0 }
  let devices = 0
  let pacing: NodeJS.Timeout | undefined

  process.on('message', (order: LoadOrder) => {
    if (order.kind === 'connect')
      openAll(order.port, order.count)
    else if (order.kind === 'pace')
      startPace(order.intervalMs)
    else
      startFlat()
  })
  process.on('disconnect', () => process.exit())
  // The parent may be leaving just now.
  setInterval(() => process.send?.(figures, undefined, undefined, () => {}), 100)

  function openAll(port: number, count: number): void {
    const openNext = (): void => {
      if (devices === count)
        return
      open(devices++, port, () => {
        figures.connected++
        openNext()
      })
    }
    for (let slot = 0; slot < handshakesMax; slot++)
      openNext()
  }

  function send(index: number, done: () => void): void {
    figures.published++
    report(index, () => {
      figures.acknowledged++
      done()
    })
  }

  /** Every device once an interval, spread evenly, as the fleet's tick does it. */
  function startPace(intervalMs: number): void {
    const isBusy: boolean[] = []
    const startedAt = performance.now()
    let due = 0
    pacing = setInterval(() => {
      const until = Math.floor((performance.now() - startedAt) * devices / intervalMs)
      for (; due < until; due++) {
        const index = due % devices
        if (isBusy[index])
          continue
        isBusy[index] = true
        send(index, () => { isBusy[index] = false })
      }
    }, tickMs)
  }

  function startFlat(): void {
    clearInterval(pacing)
    for (let index = 0; index < devices; index++) {
      const again = (): void => send(index, again)
      again()
    }
  }
}
