import type { MessagePortMain } from 'electron'
import type { ElectronApi, ShellPage } from './electron-api.ts'
import { channels } from './channels.ts'

/** Joins pages to the engine. */
export interface PortBroker {
  /** A page asks for a port; it gets one at once, or when an engine runs. */
  request: (page: ShellPage) => void
  /** An engine runs; `attach` hands it a page's port. */
  engineReady: (attach: (port: MessagePortMain) => void) => void
  engineLost: () => void
}

/**
 * Makes a channel for each page that asks and hands one end to the page and the other to the engine; what they say then does
 * not pass through main. The page asks first, so that no port arrives before it listens.
 */
export function createPortBroker(electron: Pick<ElectronApi, 'MessageChannelMain'>): PortBroker {
  const waiting = new Map<number, ShellPage>()
  const joined = new Map<number, ShellPage>()
  let attach: ((port: MessagePortMain) => void) | undefined

  function join(page: ShellPage): void {
    waiting.delete(page.id)
    if (!attach || page.isDestroyed())
      return
    const { port1, port2 } = new electron.MessageChannelMain()
    attach(port1)
    page.postMessage(channels.port, null, [port2])
    joined.set(page.id, page)
  }

  return {
    request(page) {
      waiting.set(page.id, page)
      if (attach)
        join(page)
    },
    engineReady(attachTo) {
      attach = attachTo
      waiting.forEach(join)
    },
    engineLost() {
      attach = undefined
      for (const page of joined.values()) {
        if (!page.isDestroyed())
          page.send(channels.lost)
      }
      joined.clear()
    },
  }
}
