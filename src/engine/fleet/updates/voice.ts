import type { Send } from '../conversation/speaker.ts'
import type { Devices } from '../device.ts'
import { defaultModule } from '../../../shared/alink/ota.ts'
import { buildRequest } from '../../../shared/alink/request.ts'
import { buildTopic } from '../../../shared/alink/topic.ts'

/** What devices say about updates (Alink 8.1, 8.4 and 8.5); the firmware itself is the module that is not named. */
export class Voice {
  readonly #devices: Devices
  readonly #send: Send

  constructor({ devices, send }: { devices: Devices, send: Send }) {
    this.#devices = devices
    this.#send = send
  }

  /** Reports a version; nothing when it is empty. */
  inform(index: number, module: string, version: string): void {
    if (version !== '')
      this.#say(index, 'ota.inform', { version, ...moduleMember(module) })
  }

  /** Reports percent, or a failure. */
  progress(index: number, module: string, step: number, desc = ''): void {
    this.#say(index, 'ota.progress', { step: String(step), desc, ...moduleMember(module) })
  }

  /** Asks for an update. */
  ask(index: number, module: string): void {
    const { productKey, deviceName } = this.#devices.at(index)
    this.#send(index, buildRequest(buildTopic({ kind: 'ota.firmwareGet', productKey, deviceName, reply: false }), this.#devices.nextId(index), moduleMember(module)), 'report')
  }

  #say(index: number, kind: 'ota.inform' | 'ota.progress', params: Record<string, string>): void {
    this.#send(index, { topic: buildTopic({ kind, ...this.#devices.at(index) }), payload: JSON.stringify({ id: this.#devices.nextId(index), params }) }, 'plain')
  }
}

function moduleMember(module: string): Record<string, string> {
  return module.toLowerCase() === defaultModule ? {} : { module }
}
