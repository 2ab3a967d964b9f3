import type { LogLine } from '../../../shared/alink/device-log.ts'
import type { FeatureHandlers, Outcome, UpMessage } from '../feature.ts'
import type { LogSwitches } from './log-switches.ts'
import { answerRequest } from '../answer-request.ts'
import { noteAnswer } from '../note-answer.ts'
import { handleLogConfigGet, handleLogPost } from './handle.ts'
import { insertLogLine } from './rows.ts'

export interface DeviceLogContext {
  switches: LogSwitches
  applyLimits: () => boolean
}

/** Devices report their own logs and ask whether they shall (Alink 7.3); both are always answered (trap T33). */
export function deviceLogHandlers({ switches, applyLimits }: DeviceLogContext): FeatureHandlers {
  let linesStored = 0

  /** Every line is a row of its own, so each statement has a key that no other replaces. */
  const store = ({ device: { deviceId }, receivedAt }: UpMessage, lines: readonly LogLine[]): NonNullable<Outcome['statements']> =>
    lines.map(({ collectedAt, level, levelWord, module, code, traceContext, content }) => ({
      key: `device-log ${linesStored++}`,
      statement: { statement: insertLogLine, params: [deviceId, receivedAt, collectedAt, level, levelWord, module, code, traceContext, content] },
    }))

  return {
    'log.post': message => answerRequest(message, (request) => {
      const { lines, ...verdict } = handleLogPost(request, switches.isOn(message.device.deviceId), applyLimits())
      return { ...verdict, statements: store(message, lines) }
    }),
    'log.configPush': noteAnswer,
    'log.configGet': message => answerRequest(message, () => handleLogConfigGet(switches.isOn(message.device.deviceId))),
  }
}
