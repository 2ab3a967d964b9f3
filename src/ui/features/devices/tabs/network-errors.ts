import type { NetworkError } from '../../../../shared/alink/network-status.ts'
import type { NetworkStatus } from '../../../../shared/contract/network-status.ts'

/** The errors of several reports added up, the most frequent first. Pure. */
export function countErrors(statuses: readonly Pick<NetworkStatus, 'errors'>[]): NetworkError[] {
  const sums = new Map<string, NetworkError>()
  for (const error of statuses.flatMap(({ errors }) => errors)) {
    const key = `${error.type} ${error.code}`
    sums.set(key, { ...error, count: error.count + (sums.get(key)?.count ?? 0) })
  }
  return [...sums.values()].sort((a, b) => b.count - a.count)
}

const told = new Set(['0001', '0002', '0003', '1001', '1002', '1003', '1004', '1005', '2001', '2002', '2003', '3001', '3002', '3003', '3004', '4001', '4002'])

/** The key of the words for an error; null for one that only the engine has a word for. */
export function meaningKey({ type, code }: NetworkError): string | null {
  return told.has(`${type}${code}`) ? `deviceTab.network.meaning.e${type}${code}` : null
}
