import type { MethodInput } from '../../../../shared/contract/contract.ts'
import type { CopyForms } from '../../../parts/copy-as/copy-forms.ts'

/** Starting a run, without waiting for its end. The command line counts whole minutes and percents, and always has devices told. */
export function runForms({ fleetId, packageId, conduct = {}, pushes = true, timeoutMinutes = null, retryMinutes = null, retriesMax = 1 }: MethodInput<'otaGym.start'>): CopyForms {
  const { endings = [], percent } = conduct
  const isWhole = [timeoutMinutes, retryMinutes, percent ?? null].every(value => value === null || Number.isInteger(value))
  if (!pushes || !isWhole || endings.length === 0)
    return {}
  const list = endings.map(({ ending, share }) => `${ending}=${share}`).join(',')
  return {
    cli: [
      'ota',
      'gym',
      'run',
      fleetId,
      packageId,
      '--endings',
      percent === undefined ? list : `${list}@${percent}`,
      ...timeoutMinutes === null ? [] : ['--timeout', String(timeoutMinutes)],
      ...retryMinutes === null ? [] : ['--retry', String(retryMinutes), '--retries', String(retriesMax)],
      '--wait',
      '0',
    ],
  }
}
