import type { ConfigNotice } from '../../../shared/alink/remote-config.ts'
import type { ConfigVersion } from '../../../shared/contract/remote-config.ts'
import type { RequestVerdict } from '../answer-request.ts'
import type { FeatureDevice, FeatureHandlers, Outcome, UpMessage } from '../feature.ts'
import type { Configurations } from './configurations.ts'
import type { ConfigDeviceStates } from './device-states.ts'
import { parseReply } from '../../../shared/alink/envelope.ts'
import { parseConfigGet } from '../../../shared/alink/remote-config.ts'
import { toSnippet } from '../../../shared/thing-model/issue.ts'
import { answerRequest } from '../answer-request.ts'
import { noteAnswer } from '../note-answer.ts'

export interface ConfigDesk {
  configurations: Pick<Configurations, 'of' | 'newestOf'>
  states: Pick<ConfigDeviceStates, 'find' | 'change'>
  /** What a device is told of a version; null while there is no listener to download from. */
  describe: (device: FeatureDevice, version: ConfigVersion) => ConfigNotice | null
}

const utf8 = new TextDecoder()

/** Devices ask for the configuration of their product, and answer its push (Alink 9). */
export function remoteConfigHandlers(desk: ConfigDesk): FeatureHandlers {
  return {
    'config.get': message => answerRequest(message, ({ params }) => answer(desk, message, parseConfigGet(params)), { bizCode: 'RemoteConfig' }),
    'config.push': message => takeAnswer(desk, message),
  }
}

function answer({ configurations, states, describe }: ConfigDesk, { device, receivedAt }: UpMessage, problem: ReturnType<typeof parseConfigGet>): RequestVerdict {
  const { productKey } = device
  if (problem !== null)
    return { issue: { code: 460, path: '', rule: 'bad-form', expected: problem.expected, got: toSnippet(problem.got) } }
  if (!configurations.of(productKey).isEnabled)
    return { issue: { code: 6713, path: '', rule: 'config-off', expected: '', got: productKey } }
  const newest = configurations.newestOf(productKey)
  if (newest === undefined)
    return { issue: { code: 6710, path: '', rule: 'config-empty', expected: '', got: productKey } }
  const notice = describe(device, newest)
  if (notice === null)
    return { refusal: { code: 500, message: 'There is no HTTP listener from which the configuration could be downloaded.' } }
  return { data: { ...notice }, statements: [states.change(device, { askedAt: receivedAt })] }
}

/** Whatever the device answers is kept; nothing depends on it. */
function takeAnswer({ states }: ConfigDesk, message: UpMessage): Outcome {
  const outcome = noteAnswer(message)
  const reply = parseReply(utf8.decode(message.payload))
  const state = states.find(message.device)
  if (reply === undefined || state === undefined || state.pushId !== reply.id)
    return outcome
  const change = states.change(message.device, { answerCode: reply.code, answeredAt: message.receivedAt })
  return { ...outcome, statements: [change], ...(state.pushTraceId !== null && { causeId: state.pushTraceId }) }
}
