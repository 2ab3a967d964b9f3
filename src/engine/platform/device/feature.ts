import type { EnableNotice } from '../../../shared/alink/enable.ts'
import type { DownlinkMessage, FeatureDevice, FeatureHandlers, UpMessage } from '../feature.ts'
import { buildEnableNotice } from '../../../shared/alink/enable.ts'
import { parseReply } from '../../../shared/alink/envelope.ts'
import { packDetail } from '../../../shared/contract/trace-detail.ts'

const text = new TextDecoder()

/** The operations of the platform's API, as the trace names them. */
export const enableOperations: Record<EnableNotice, string> = { disable: 'DisableThing', enable: 'EnableThing', delete: 'DeleteDevice' }

/** Sends a sub-device the notice of what happens to it, over its own session or that of its gateway (`via`). */
export function sendEnableNotice(downlink: { send: (deviceId: number, message: DownlinkMessage) => void }, device: FeatureDevice, what: EnableNotice, id: string, via: FeatureDevice = device): void {
  const { topic, payload } = buildEnableNotice(device, what, id)
  downlink.send(via.deviceId, { topic, payload: new TextEncoder().encode(payload), qos: 1 })
}

/** What a sub-device answers to being disabled, enabled or deleted (Alink 7.8). It decides nothing and is only noted. */
export const deviceHandlers: FeatureHandlers = {
  'device.disable': noteAnswer,
  'device.enable': noteAnswer,
  'device.delete': noteAnswer,
}

function noteAnswer({ topicText, payload }: UpMessage): { code: number, detail: string } {
  const code = parseReply(text.decode(payload))?.code
  const step = code === undefined
    ? { bizCode: 'uplink', operation: topicText, code: 6207, message: 'The answer to the notice has to be JSON with a "code".' }
    : { bizCode: 'uplink', operation: topicText, code }
  return { code: step.code, detail: packDetail({ issues: [], steps: [step] }, topicText) }
}
