import type { PreflightCheck, PreflightName, PreflightPlatform } from './contract/preflight.ts'
import type { Language } from './thing-model/explanation.ts'
import { spanOf } from './limit-words.ts'

type BareCheck = Pick<PreflightCheck, 'name' | 'verdict' | 'figure' | 'limit' | 'facts'>

const count = (value: number | null | undefined): string => Math.round(value ?? 0).toLocaleString('en')

/** Bytes in the largest unit that leaves a figure of use. */
function bytes(value: number | null | undefined): string {
  const amount = value ?? 0
  if (amount < 1024 ** 2)
    return `${Math.round(amount / 1024)} KiB`
  return amount < 1024 ** 3 ? `${Math.round(amount / 1024 ** 2)} MiB` : `${(amount / 1024 ** 3).toFixed(1)} GiB`
}

type Say = (check: BareCheck, platform: PreflightPlatform) => { message: string, advice: string }

const portCommands: Record<PreflightPlatform, string> = {
  linux: 'sudo sysctl net.ipv4.ip_local_port_range="1024 65535"',
  macos: 'sudo sysctl net.inet.ip.portrange.first=10000',
  windows: 'netsh int ipv4 set dynamicport tcp start=10000 num=55535',
}
const backlogCommands: Record<PreflightPlatform, string> = {
  linux: 'sudo sysctl net.core.somaxconn=4096',
  macos: 'sudo sysctl kern.ipc.somaxconn=1024',
  windows: '',
}

const raiseFilesEn: Record<PreflightPlatform, string> = {
  linux: 'raise the limit: `ulimit -n 65536` in the shell that starts Thingbench; where that is refused, the line `* hard nofile 65536` in /etc/security/limits.conf and a new login (LimitNOFILE=65536 for a service)',
  macos: 'raise the limit: `ulimit -n 65536` in the shell that starts Thingbench; for the desktop program `sudo launchctl limit maxfiles 65536 200000` and a new login',
  windows: 'spread the devices over several machines',
}
const raiseFilesZh: Record<PreflightPlatform, string> = {
  linux: '提高限制：在启动 Thingbench 的终端执行 `ulimit -n 65536`；若被拒绝，在 /etc/security/limits.conf 加入 `* hard nofile 65536` 并重新登录（服务则设置 LimitNOFILE=65536）',
  macos: '提高限制：在启动 Thingbench 的终端执行 `ulimit -n 65536`；桌面程序则执行 `sudo launchctl limit maxfiles 65536 200000` 并重新登录',
  windows: '把设备分到多台电脑上',
}

const en: Record<PreflightName, Say> = {
  size: ({ figure, limit }) => ({ message: `${count(figure)} devices; a fleet has at most ${count(limit)}.`, advice: `Use at most ${count(limit)} devices in a fleet.` }),
  engineFiles: ({ figure, limit, facts }, platform) => ({
    message: limit === null
      ? 'The system names no limit to the connections of the engine.'
      : `The engine needs a file handle for each of ${count(figure)} devices and has ${count(limit)} free (it may open ${count(facts.openFilesMax)}, ${count(facts.openFiles)} are open).`,
    advice: `Use at most ${count(limit)} devices, let them do without sockets (transport in-process), or ${raiseFilesEn[platform]}.`,
  }),
  fleetFiles: ({ limit, facts }, platform) => ({
    message: limit === null
      ? `${processesEn(facts.processes)}; the system names no limit to their connections.`
      : `${processesEn(facts.processes)}, of which each may hold ${count(facts.devicesPerProcess)} devices (${count(facts.openFilesMax)} open files).`,
    advice: `Use at most ${count(limit)} devices, or ${raiseFilesEn[platform]}.`,
  }),
  ports: ({ figure, limit, facts }, platform) => ({
    message: `${count(figure)} connections from ${facts.sources === 1 ? 'one address' : `${count(facts.sources)} addresses (127.0.0.2 and on)`} with ${count(limit)} local ports (${facts.portFirst}–${facts.portLast} each).`,
    advice: `Use at most ${count(limit)} devices, or let the system hand out more ports: \`${portCommands[platform]}\`${platform === 'windows' ? ' as administrator' : ''}.`,
  }),
  backlog: ({ figure, limit }, platform) => ({
    message: `${count(limit)} connections may wait to be accepted; the fleet opens ${count(figure)} at a time.`,
    advice: `Connecting costs whole seconds where they are fewer: \`${backlogCommands[platform]}\`.`,
  }),
  memory: ({ figure, limit, facts }) => ({
    message: `About ${bytes(figure)} of memory (${bytes(facts.perDevice)} a device); ${bytes(limit)} are free.`,
    advice: 'Use fewer devices, or close other programs: a machine that begins to swap is late with everything.',
  }),
  disk: ({ figure, limit, facts }) => ({
    message: `${bytes(facts.bytesPerSec)} a second are stored: messages of the last ${spanOf('en', (facts.keptSec ?? 0) * 1_000)} are kept, for which ${bytes(figure)} more are needed; ${bytes(limit)} are free on the disk of the workspace.`,
    advice: `Make room, use a longer interval, or keep less (setting trace.keepBytesMax, ${bytes(facts.keptBytesMax)} now).`,
  }),
  speed: ({ figure, limit, facts }) => ({
    message: facts.measured === 1
      ? `${count(figure)} reports a second; this machine has been measured to take about ${count(limit)}.`
      : `${count(figure)} reports a second; a machine with ${facts.cores === 1 ? 'one core' : `${count(facts.cores)} cores`} takes about ${count(limit)}, by a guess.`,
    advice: `Use fewer devices or a longer interval${facts.measured === 1 ? '' : ', or measure this machine to be sure'}: beyond that, reports leave late or are left out.`,
  }),
}

const zh: Record<PreflightName, Say> = {
  size: ({ figure, limit }) => ({ message: `${count(figure)} 台设备；一个设备群最多 ${count(limit)} 台。`, advice: `请将设备数减到 ${count(limit)} 以内。` }),
  engineFiles: ({ figure, limit, facts }, platform) => ({
    message: limit === null
      ? '系统对引擎的连接数没有限制。'
      : `引擎需要 ${count(figure)} 个文件句柄（每台设备一个），可用 ${count(limit)} 个（上限 ${count(facts.openFilesMax)}，已打开 ${count(facts.openFiles)}）。`,
    advice: `请将设备数减到 ${count(limit)} 以内，或不使用套接字（传输方式 in-process），或${raiseFilesZh[platform]}。`,
  }),
  fleetFiles: ({ limit, facts }, platform) => ({
    message: limit === null
      ? `设备群使用 ${count(facts.processes)} 个进程，系统对其连接数没有限制。`
      : `设备群使用 ${count(facts.processes)} 个进程，每个最多容纳 ${count(facts.devicesPerProcess)} 台设备（可打开 ${count(facts.openFilesMax)} 个文件）。`,
    advice: `请将设备数减到 ${count(limit)} 以内，或${raiseFilesZh[platform]}。`,
  }),
  ports: ({ figure, limit, facts }, platform) => ({
    message: `${count(figure)} 个连接，来自 ${count(facts.sources)} 个本地地址${facts.sources === 1 ? '' : '（从 127.0.0.2 起）'}，共有 ${count(limit)} 个本地端口（每个地址 ${facts.portFirst}–${facts.portLast}）。`,
    advice: `请将设备数减到 ${count(limit)} 以内，或让系统提供更多端口：${platform === 'windows' ? '以管理员身份执行 ' : ''}\`${portCommands[platform]}\`。`,
  }),
  backlog: ({ figure, limit }, platform) => ({
    message: `最多 ${count(limit)} 个连接可排队等待接受；设备群同时发起 ${count(figure)} 个。`,
    advice: `队列过短时每次连接会多花数秒：\`${backlogCommands[platform]}\`。`,
  }),
  memory: ({ figure, limit, facts }) => ({
    message: `约需内存 ${bytes(figure)}（每台设备 ${bytes(facts.perDevice)}），可用 ${bytes(limit)}。`,
    advice: '请减少设备或关闭其他程序，内存交换会让一切都滞后。',
  }),
  disk: ({ figure, limit, facts }) => ({
    message: `每秒存储 ${bytes(facts.bytesPerSec)}：保留最近 ${spanOf('zh', (facts.keptSec ?? 0) * 1_000)} 的消息，还需 ${bytes(figure)}；工作区所在磁盘可用 ${bytes(limit)}。`,
    advice: `请腾出空间、加大上报间隔，或减少保留量（设置 trace.keepBytesMax，当前 ${bytes(facts.keptBytesMax)}）。`,
  }),
  speed: ({ figure, limit, facts }) => ({
    message: facts.measured === 1
      ? `每秒 ${count(figure)} 次上报；实测本机约可处理 ${count(limit)} 次。`
      : `每秒 ${count(figure)} 次上报；${count(facts.cores)} 核的电脑估计可处理约 ${count(limit)} 次。`,
    advice: `请减少设备或加大上报间隔${facts.measured === 1 ? '' : '，也可先测量本机'}，超出后上报会滞后或被跳过。`,
  }),
}

function processesEn(processes: number | undefined): string {
  return processes === 1 ? 'The fleet uses one process' : `The fleet uses ${count(processes)} processes`
}

/** Says what a check of a fleet against this machine found, and what to do when it is not ok. */
export function describeCheck(language: Language, platform: PreflightPlatform, check: BareCheck): Pick<PreflightCheck, 'message' | 'advice'> {
  const { message, advice } = (language === 'zh' ? zh : en)[check.name](check, platform)
  return { message, advice: check.verdict === 'ok' ? null : advice }
}
