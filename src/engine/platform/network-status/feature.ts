import type { FeatureHandlers, Outcome, UpMessage } from '../feature.ts'
import type { DatedReport } from './handle.ts'
import { answerRequest } from '../answer-request.ts'
import { handleNetworkPost } from './handle.ts'
import { insertNetworkStatus } from './rows.ts'

/** Devices report the state of their network (Alink 7.4); they are always answered (trap T33). */
export function networkStatusHandlers(): FeatureHandlers {
  let reportsStored = 0

  /** Every report is a row of its own, so each statement has a key that no other replaces. */
  const store = ({ device: { deviceId }, receivedAt }: UpMessage, reports: readonly DatedReport[]): NonNullable<Outcome['statements']> =>
    reports.map(({ at, collectedAt, rssiDbm, snrDb, packetLossPerMille, errorStats }) => ({
      key: `network-status ${reportsStored++}`,
      statement: { statement: insertNetworkStatus, params: [deviceId, at, receivedAt, collectedAt, rssiDbm, snrDb, packetLossPerMille, errorStats] },
    }))

  return {
    'network.post': message => answerRequest(message, (request) => {
      const { reports, ...verdict } = handleNetworkPost(request, message.receivedAt)
      return { ...verdict, statements: store(message, reports) }
    }),
  }
}
