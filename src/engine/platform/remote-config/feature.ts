import type { FeatureHandlers } from '../feature.ts'
import { parseConfigGet } from '../../../shared/alink/remote-config.ts'
import { toSnippet } from '../../../shared/thing-model/issue.ts'
import { answerRequest } from '../answer-request.ts'
import { noteAnswer } from '../note-answer.ts'

/** A device asks for the configuration of its product (Alink 9). No product has one, which is what 6713 says: it is switched off. */
export const remoteConfigHandlers: FeatureHandlers = {
  'config.get': message => answerRequest(message, ({ params }) => {
    const problem = parseConfigGet(params)
    if (problem !== null)
      return { issue: { code: 460, path: '', rule: 'bad-form', expected: problem.expected, got: toSnippet(problem.got) } }
    return { issue: { code: 6713, path: '', rule: 'config-off', expected: '', got: message.device.productKey } }
  }, { bizCode: 'RemoteConfig' }),
  'config.push': noteAnswer,
}
