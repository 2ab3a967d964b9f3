import type { CheckFailure } from '../contract/firmware-check.ts'
import type { Language } from '../thing-model/explanation.ts'
import { explainDetail } from '../contract/trace-detail.ts'
import { limits } from '../limits.ts'

const seconds = { answer: limits.firmwareAnswerMs / 1000, back: limits.firmwareReturnMs / 1000 }

const sentences: Record<Language, Record<Exclude<CheckFailure['reason'], 'refused'>, string>> = {
  en: {
    noAnswer: `The command was sent and no answer has come within ${seconds.answer} s: the device does not listen to the topic, or answers on another one than …_reply.`,
    notBack: `The connection ended and the device has not connected again within ${seconds.back} s.`,
    notSubscribed: 'The platform had a message on {value}, and the device has not subscribed to that topic.',
    updateFailed: 'The device reported {value} as the end of its update.',
  },
  zh: {
    noAnswer: `指令已下发，但 ${seconds.answer} 秒内没有收到应答：设备没有监听该 Topic，或没有在 …_reply 上应答。`,
    notBack: `连接已断开，设备在 ${seconds.back} 秒内没有重新连接。`,
    notSubscribed: '平台在 {value} 上有消息下发，但设备没有订阅该 Topic。',
    updateFailed: '设备上报升级结果为 {value}。',
  },
}

/** Says in a sentence or a few why a step of the firmware's checklist failed. */
export function explainFailure({ reason, code, detail, value = '' }: CheckFailure, language: Language = 'en'): string {
  return reason === 'refused' ? explainDetail(code, detail, language) ?? String(code ?? '') : sentences[language][reason].replace('{value}', value)
}
