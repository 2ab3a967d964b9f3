import type { RouteLocationRaw } from 'vue-router'
import type { Fault, FaultKind, PlatformFault } from '../../../shared/contract/platform-fault.ts'
import { useFormat } from '../../kit/use-format.ts'
import { useText } from '../../kit/use-text.ts'

/** What the log names the steps of a fault that has no step of its own. */
const operations: Partial<Record<FaultKind, string>> = { kick: 'offline', close: 'offline', refuseConnect: 'online', throttle: '_Limit' }

/** Where the traces of a fault are in the log. */
export function tracesOf({ productKey, deviceName, fault: { kind } }: PlatformFault): RouteLocationRaw {
  return { name: 'log', query: { ...productKey !== null && { product: productKey }, ...deviceName !== null && { device: deviceName }, op: operations[kind] ?? kind } }
}

/** Says a fault in a few words: its numbers, and how often it strikes; the code that it refuses with is left to who shows it. */
export function useFaultWords(): { summary: (fault: Fault) => string } {
  const { t } = useText()
  const format = useFormat()

  function numbers(fault: Fault): string | null {
    switch (fault.kind) {
      case 'delay': return t('faults.summary.delay', { min: format.duration(fault.minMs), max: format.duration(fault.maxMs) })
      case 'reorder': return t('faults.summary.reorder', { max: format.duration(fault.withinMs) })
      case 'corrupt': return t(`faults.how.${fault.how}`)
      case 'slowDownload': return t('faults.summary.slowDownload', { rate: format.bytes(fault.bytesPerSec) })
      case 'stallDownload': return t('faults.summary.stallDownload', { percent: fault.percent })
      case 'kick': return t('faults.summary.kick', { every: format.duration(fault.everySec * 1000) })
      case 'close': return t('faults.summary.close', { after: format.duration(fault.afterSec * 1000) })
      case 'refuseConnect': return t('faults.summary.refuseConnect', { code: fault.returnCode })
      case 'throttle': return t('faults.summary.throttle', { qos0: fault.upQos0PerSec, qos1: fault.upQos1PerSec, down: fault.downPerSec, connects: fault.connectsPerMinute })
      default: return null
    }
  }

  function summary(fault: Fault): string {
    const about = 'of' in fault && fault.of.length > 0 ? fault.of.map(one => t(`faults.of.${one}`)).join(', ') : null
    return [
      numbers(fault),
      'to' in fault ? t(`faults.to.${fault.to}`) : null,
      about,
      'share' in fault ? fault.share === 1 ? t('faults.every') : t('faults.share', { percent: `${format.figure(fault.share * 100)} %` }) : null,
    ].filter(part => part !== null).join(' · ')
  }
  return { summary }
}
