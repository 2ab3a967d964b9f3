import type { LimitFigures, LimitPart } from './contract/limit.ts'
import type { Language } from './thing-model/explanation.ts'

/** A part that is the limit, and for how long it has been. */
interface LimitInWords { part: LimitPart, forMs: number, figures: LimitFigures }

/** A span in the largest unit that leaves a figure of use. */
export function spanOf(language: Language, ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  const [value, en, zh] = seconds < 120 ? [seconds, 's', '秒'] : seconds < 7_200 ? [Math.round(seconds / 60), 'min', '分钟'] : [Math.round(seconds / 3_600), 'h', '小时']
  return `${value} ${language === 'zh' ? zh : en}`
}

type Say = (figures: LimitFigures, span: string) => { what: string, advice: string }

const round = (value: number | null): string => Math.round(value ?? 0).toLocaleString('en')

const words: Record<Language, Record<LimitPart, Say>> = {
  en: {
    writer: ({ rows, drainSec, failing }, span) => failing === null
      ? { what: `${round(rows)} rows wait to be written, for ${span}${drainSec === null ? ' and getting no fewer' : `; at this pace that takes ${round(drainSec)} s`}`, advice: 'Fewer devices or a longer interval, or a faster disk for the workspace, let it catch up' }
      : { what: `nothing can be written to the disk, for ${span} (${failing.replace(/\.$/, '')})`, advice: 'Make room on the disk, or let it be written again' },
    machine: ({ machinePercent, cpuPercent, lateMs }, span) => ({ what: `all cores are ${round(machinePercent)} % busy, for ${span}, and engine and fleets use only ${round(cpuPercent)} % of them; messages are ${round(lateMs)} ms late`, advice: 'Close the other programs that keep it busy' }),
    broker: ({ cpuPercent, lateMs, machinePercent }, span) => ({ what: `the engine has been late for ${span}, by ${round(lateMs)} ms, and its thread is ${round(cpuPercent)} % busy${alsoBusy(machinePercent)}`, advice: 'Fewer devices or a longer interval would leave it time; the figures of the platform are worse than they need be' }),
    fleet: ({ fleet, process, cpuPercent, lateMs }, span) => ({ what: `${process === null ? `the fleet ${fleet}` : `process ${process} of the fleet ${fleet}`} has used ${round(cpuPercent)} % of a core for ${span}; reports leave ${round(lateMs)} ms late`, advice: 'Fewer devices or a longer interval let it keep its beat; what devices measure of the platform is too slow until then' }),
    page: ({ lateMs }, span) => ({ what: `this page has drawn a picture every ${round(lateMs)} ms only, for ${span}`, advice: 'The run is not touched by that; a smaller window or a page with less on it draws faster' }),
  },
  zh: {
    writer: ({ rows, drainSec, failing }, span) => failing === null
      ? { what: `${round(rows)} 行等待写入，已持续 ${span}${drainSec === null ? '，且没有减少' : `，按当前速度还需 ${round(drainSec)} 秒`}`, advice: '请减少设备、加大上报间隔，或把工作区放到更快的磁盘上' }
      : { what: `磁盘无法写入，已持续 ${span}（${failing.replace(/\.$/, '')}）`, advice: '请腾出磁盘空间，或恢复写入权限' },
    machine: ({ machinePercent, cpuPercent, lateMs }, span) => ({ what: `处理器总占用 ${round(machinePercent)}%，已持续 ${span}，其中引擎和设备群只占 ${round(cpuPercent)}%，消息滞后 ${round(lateMs)} 毫秒`, advice: '请关闭占用处理器的其他程序' }),
    broker: ({ cpuPercent, lateMs, machinePercent }, span) => ({ what: `引擎已滞后 ${span}，达 ${round(lateMs)} 毫秒，其线程占用 ${round(cpuPercent)}%${machinePercent !== null && machinePercent >= 95 ? `，处理器总占用 ${machinePercent}%` : ''}`, advice: '请减少设备或加大上报间隔，否则测得的平台指标会偏差' }),
    fleet: ({ fleet, process, cpuPercent, lateMs }, span) => ({ what: `设备群 ${fleet}${process === null ? '' : ` 的进程 ${process}`} 占用一个核的 ${round(cpuPercent)}%，已持续 ${span}，上报滞后 ${round(lateMs)} 毫秒`, advice: '请减少设备或加大上报间隔，在此之前设备测得的时延会偏大' }),
    page: ({ lateMs }, span) => ({ what: `本页面每 ${round(lateMs)} 毫秒才刷新一次，已持续 ${span}`, advice: '运行不受影响；缩小窗口或换到内容较少的页面会更流畅' }),
  },
}

function alsoBusy(machinePercent: number | null): string {
  return machinePercent !== null && machinePercent >= 95 ? `, as the whole machine is (${machinePercent} %)` : ''
}

/** Says that this machine is the limit: which part, with the figure, and what to do about it. */
export function describeLimit(language: Language, limit: LimitInWords): string {
  const { what, advice } = words[language][limit.part](limit.figures, spanOf(language, limit.forMs))
  return language === 'zh' ? `本机已到极限：${what}。${advice}。` : `This machine is the limit: ${what}. ${advice}.`
}

/** The same of a limit that is over, without advice. */
export function describePastLimit(language: Language, limit: LimitInWords): string {
  return words[language][limit.part](limit.figures, spanOf(language, limit.forMs)).what
}
