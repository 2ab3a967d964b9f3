import type { Language } from '../thing-model/explanation.ts'

/** The groups in which a code can stand; its meaning depends on the group (platform rule ERR-1). */
export const codeGroups = ['DEV', 'MSG', 'CALL', 'REP', 'RSP', 'VAL', 'SCR', 'SUB', 'TOPO', 'CFG', 'FILE'] as const
export type CodeGroup = (typeof codeGroups)[number]

export const groupNames: Record<CodeGroup, Record<Language, string>> = {
  DEV: { en: 'Device behaviour', zh: '设备行为' },
  MSG: { en: 'Messages', zh: '消息' },
  CALL: { en: 'Service calls and property sets', zh: '服务调用与属性设置' },
  REP: { en: 'Reports of the device', zh: '设备上报' },
  RSP: { en: 'Answers of the device', zh: '设备响应' },
  VAL: { en: 'Check against the thing model', zh: '物模型校验' },
  SCR: { en: 'Parsing script', zh: '数据解析脚本' },
  SUB: { en: 'Subscriptions', zh: '订阅' },
  TOPO: { en: 'Topology', zh: '拓扑关系' },
  CFG: { en: 'Remote configuration', zh: '远程配置' },
  FILE: { en: 'File upload', zh: '文件上传' },
}

/**
 * How a code comes about here: `Y` from its real cause, `S` only while the cloud's limits are applied, `R` with a facility
 * that has to be there, `I` only when it is injected, `N` never, because it speaks of accounts and the inside of the cloud.
 */
export type Arising = 'Y' | 'S' | 'R' | 'I' | 'N'

export interface LogCode {
  group: CodeGroup
  code: number
  arising: Arising
  /** The cloud's own internal trouble there; never used for a mistake of the user (platform rule ERR-2). */
  isSystem: boolean
  /** What makes it arise here; for `I` and `N` why it does not. */
  trigger: Record<Language, string>
  /** The part of the platform that raises it and does not do so yet. */
  pending: string | null
}

type Row = readonly [group: CodeGroup, code: number, arising: Arising, en: string, zh: string, pending?: string]

/** Codes that the cloud marks as its own trouble, by their group. */
const systemCodes: Partial<Record<CodeGroup, readonly number[]>> = {
  CALL: [5159, 5160, 5161, 6661, 6205, 26015],
  REP: [6452, 6760],
  RSP: [6452],
  VAL: [6318, 6329, 6323, 6316, 6314, 6301],
}

const injected = ['no natural cause here', '本地没有自然成因'] as const
const consumer = ['server-side subscription', '服务端订阅'] as const
const rules = 'rules engine'

const rows: readonly Row[] = [
  ['DEV', 200, 'Y', 'connect, or leave with DISCONNECT', '连接，或以 DISCONNECT 离开'],
  ['DEV', 1910, 'Y', 'no packet for 1.5 times the keep-alive', '1.5 倍 keep-alive 内没有任何报文'],
  ['DEV', 1911, 'Y', 'socket closed or reset without DISCONNECT', '未发送 DISCONNECT 就关闭或重置了连接'],
  ['DEV', 1913, 'Y', 'gateway leaves with sub-devices logged in', '网关离线时仍有子设备在线'],
  ['DEV', 401, 'Y', 'relation added with a wrong signature', '添加拓扑关系时签名错误'],
  ['DEV', 427, 'Y', 'second CONNECT with the same identity', '使用相同身份再次 CONNECT'],
  ['DEV', 520, 'Y', 'publish for a sub-device without login, or through another gateway', '为未登录的子设备或经其他网关发布'],
  ['DEV', 521, 'Y', 'device deleted while connected', '设备在线时被删除'],
  ['DEV', 522, 'Y', 'device disabled while connected, or connecting while disabled', '设备在线时被禁用，或禁用状态下连接'],
  ['DEV', 6100, 'Y', 'CONNECT with an unknown name', '以未知的设备名称 CONNECT'],
  ['DEV', 6204, 'Y', 'registration of a disabled device', '注册已禁用的设备'],
  ['DEV', 6287, 'Y', 'CONNECT or registration with a wrong signature', 'CONNECT 或注册时签名错误'],
  ['DEV', 6288, 'Y', 'registration while the switch of the product is off', '产品未开启动态注册时注册'],
  ['DEV', 6296, 'N', 'one user, one instance', '本地只有一个用户、一个实例'],
  ['DEV', 6401, 'Y', 'pack for a device that is not attached; login or detach of one', '为未绑定的设备打包上报、登录或解绑'],
  ['DEV', 6402, 'Y', 'relation of a gateway to itself', '网关添加自身为子设备'],
  ['DEV', 6619, 'Y', 'relation of a sub-device that is attached elsewhere', '添加已绑定到其他网关的子设备'],
  ['DEV', 2043, 'Y', 'login with a token that was never given', '使用从未下发过的 token 登录'],
  ['MSG', 1004, 'Y', 'unparsable payload or missing member on an OTA topic', 'OTA Topic 的消息体无法解析或缺少成员'],
  ['MSG', 1901, 'Y', 'the device does not read, and more waits for it than its connection holds', '设备不读取数据，等待发送的数据超过连接缓冲区'],
  ['MSG', 1902, 'Y', 'connection breaks before a QoS 1 message is acknowledged, without a session that keeps it', 'QoS 1 消息被确认前连接中断，且没有持久会话'],
  ['MSG', 1903, 'Y', 'publish to a//b, to a topic with + or #, or to one that is too long or too deep', '发布到 a//b、含 + 或 # 的 Topic，或过长、层级过深的 Topic'],
  ['MSG', 1904, 'Y', 'answer with an unknown or expired id', '以未知或已过期的 id 应答'],
  ['MSG', 1905, 'Y', 'no answer to a synchronous command', '同步命令没有应答'],
  ['MSG', 1941, 'I', 'token protocols other than MQTT', '非 MQTT 的 token 协议'],
  ['MSG', 1942, 'S', 'more than 10 messages a second with QoS 1, or 30 with QoS 0, on one topic', '同一 Topic 每秒超过 10 条 QoS 1 或 30 条 QoS 0 消息'],
  ['MSG', 1950, 'Y', 'connection breaks in the middle of a PUBLISH', 'PUBLISH 发送到一半时连接中断'],
  ['MSG', 1951, 'Y', 'QoS 2, or a packet that the platform does not take', 'QoS 2，或平台不支持的报文'],
  ['MSG', 6733, 'N', 'no locating service', '没有定位服务'],
  ['MSG', 6736, 'N', 'no locating service', '没有定位服务'],
  ['MSG', 6831, 'Y', 'unknown system topic or method', '未知的系统 Topic 或 method'],
  ['MSG', 9200, 'Y', 'message to a device that never connected', '向从未连接的设备发送消息'],
  ['MSG', 9201, 'Y', 'message to a device without session', '向没有会话的设备发送消息'],
  ['MSG', 9236, 'Y', 'publish in the wrong direction or on a foreign topic', '方向错误或向他人的 Topic 发布'],
  ['MSG', 9307, 'R', 'rule that does not parse', '规则无法解析', rules],
  ['MSG', 9324, 'S', 'more than 10 (QoS 1) or 30 (QoS 0) messages a second over several topics, or 50 to a device', '多个 Topic 合计每秒超过 10 条（QoS 1）或 30 条（QoS 0），或下行超过 50 条'],
  ['MSG', 9325, 'R', 'local sink refuses the connection', '本地目的端拒绝连接', rules],
  ['MSG', 9321, 'Y', 'call of the API with an argument that is not valid, such as an RRPC topic with an empty level', 'API 调用参数无效，例如 RRPC 的 Topic 含空层级'],
  ['MSG', 9320, 'Y', 'payload over 256 KB', '消息体超过 256 KB'],
  ['MSG', 9331, 'R', 'destination answers with an error', '目的端返回错误', rules],
  ['MSG', 9332, 'R', 'destination with a wrong address', '目的端地址错误', rules],
  ['MSG', 9362, 'R', 'rule script fails', '规则脚本失败', rules],
  ['MSG', 9333, 'R', 'destination answers 401 or 403', '目的端返回 401 或 403', rules],
  ['MSG', 9389, 'Y', 'message to a sub-device while its gateway is away', '网关离线时向子设备发送消息'],
  ['MSG', 9399, 'I', 'a defect of Thingbench', 'Thingbench 的缺陷'],
  ['MSG', 9600, 'R', consumer[0], consumer[1], consumer[0]],
  ['MSG', 9601, 'R', consumer[0], consumer[1], consumer[0]],
  ['MSG', 9602, 'R', consumer[0], consumer[1], consumer[0]],
  ['MSG', 9650, 'R', consumer[0], consumer[1], consumer[0]],
  ['MSG', 9651, 'R', consumer[0], consumer[1], consumer[0]],
  ['MSG', 9652, 'R', consumer[0], consumer[1], consumer[0]],
  ['CALL', 100_000, 'N', 'no instances', '没有实例'],
  ['CALL', 9201, 'Y', 'set or call while the device is offline', '设备离线时设置属性或调用服务'],
  ['CALL', 9200, 'Y', 'set or call on a device that never connected', '对从未连接的设备设置属性或调用服务'],
  ['CALL', 9237, 'N', 'no billing', '没有计费'],
  ['CALL', 9389, 'Y', 'set or call on a sub-device while its gateway is away', '网关离线时对子设备设置属性或调用服务'],
  ['CALL', 6208, 'Y', 'set or call on a disabled device', '对已禁用的设备设置属性或调用服务'],
  ['CALL', 6300, 'I', 'the platform writes the method of its calls itself, and an answer needs none', '平台调用的 method 由平台自己写入，应答不需要 method'],
  ['CALL', 6206, 'Y', 'call of a service while the product has no thing model', '产品没有物模型时调用服务'],
  ['CALL', 6200, 'R', 'call on a custom-format product without script', '自定义格式产品没有脚本时调用'],
  ['CALL', 6201, 'R', 'script returns null or an empty array', '脚本返回 null 或空数组'],
  ['CALL', 6207, 'Y', 'answer that is not Alink', '应答不是 Alink 格式'],
  ['CALL', 6330, 'Y', 'value over 64 bits or not whole', '数值超过 64 位或不是整数'],
  ['CALL', 6335, 'Y', 'data in the answer to a property set', '属性设置的应答带有 data'],
  ['CALL', 5490, 'Y', 'call with an unknown module identifier', '调用时模块标识未知'],
  ['CALL', 5092, 'Y', 'set of an undeclared property', '设置未定义的属性'],
  ['CALL', 5094, 'Y', 'call of an undeclared service', '调用未定义的服务'],
  ['CALL', 5096, 'Y', 'report of an undeclared event', '上报未定义的事件'],
  ['CALL', 5159, 'I', injected[0], injected[1]],
  ['CALL', 5160, 'I', injected[0], injected[1]],
  ['CALL', 5161, 'I', injected[0], injected[1]],
  ['CALL', 6661, 'N', 'no accounts', '没有账号'],
  ['CALL', 6205, 'I', injected[0], injected[1]],
  ['CALL', 26_015, 'I', 'the sandbox itself fails, or Thingbench is closing', '沙箱自身故障，或 Thingbench 正在关闭'],
  ['REP', 6106, 'S', 'more than 200 properties in one report', '单次上报超过 200 个属性'],
  ['REP', 6300, 'R', 'script output with an empty method', '脚本输出的 method 为空'],
  ['REP', 6320, 'Y', 'report of an undeclared property', '上报未定义的属性'],
  ['REP', 6450, 'R', 'parsed report without method', '解析后的上报没有 method'],
  ['REP', 6207, 'Y', 'report that is not JSON', '上报不是 JSON'],
  ['REP', 6452, 'S', 'report that was dropped because its device sends too much (1942 or 9324 on the message)', '设备发送过多而被丢弃的上报（消息记录为 1942 或 9324）'],
  ['REP', 6760, 'N', 'no storage quota of an account', '没有账号存储配额'],
  ['RSP', 460, 'Y', 'device answers 460', '设备应答 460'],
  ['RSP', 500, 'Y', 'device answers 500', '设备应答 500'],
  ['RSP', 400, 'Y', 'device answers 400', '设备应答 400'],
  ['RSP', 429, 'Y', 'device answers 429', '设备应答 429'],
  ['RSP', 6452, 'Y', 'device answers 6452', '设备应答 6452'],
  ['VAL', 6321, 'I', injected[0], injected[1]],
  ['VAL', 6317, 'Y', 'import of a thing model that is not valid', '导入无效的物模型'],
  ['VAL', 6332, 'Y', 'set of a property that can only be read', '设置只读属性'],
  ['VAL', 6302, 'Y', 'call without a required input', '调用缺少必填入参'],
  ['VAL', 6306, 'Y', 'text, fraction or out-of-range number for an int', 'int 收到文本、小数或超出范围的数'],
  ['VAL', 6307, 'Y', 'text or out-of-range number for a float', 'float 收到文本或超出范围的数'],
  ['VAL', 6322, 'Y', 'text or out-of-range number for a double', 'double 收到文本或超出范围的数'],
  ['VAL', 6308, 'Y', 'anything but 0 and 1 for a bool', 'bool 收到 0 和 1 以外的值'],
  ['VAL', 6309, 'Y', 'undeclared key of an enum', 'enum 收到未定义的值'],
  ['VAL', 6310, 'Y', 'number for a text, or a text that is too long', 'text 收到数字，或过长'],
  ['VAL', 6311, 'Y', 'written date instead of epoch milliseconds', 'date 收到书写日期而非毫秒时间戳'],
  ['VAL', 6312, 'Y', 'not an object for a struct, or a member missing', 'struct 收到非对象，或缺少成员'],
  ['VAL', 6304, 'Y', 'undeclared member of a struct', 'struct 含未定义的成员'],
  ['VAL', 6324, 'Y', 'bad element of an array, or one too many', 'array 含错误元素或元素过多'],
  ['VAL', 6328, 'Y', 'something else for an array', 'array 收到其他类型'],
  ['VAL', 6325, 'Y', 'import of a model with an array of another type', '导入数组元素类型不支持的物模型'],
  ['VAL', 6318, 'I', injected[0], injected[1]],
  ['VAL', 6329, 'Y', 'import of a model with a wrong array', '导入数组定义错误的物模型'],
  ['VAL', 6323, 'I', injected[0], injected[1]],
  ['VAL', 6316, 'I', injected[0], injected[1]],
  ['VAL', 6314, 'Y', 'import of a model with an unknown type', '导入含未知类型的物模型'],
  ['VAL', 6301, 'I', injected[0], injected[1]],
  ['SCR', 26_010, 'R', 'more runs of a script wait than can: 1,000, or 20 when it has lately been too slow', '等待运行的次数超过上限：1,000 次，近期超时的脚本为 20 次'],
  ['SCR', 26_001, 'R', 'script empty or only a draft', '脚本为空或仅为草稿'],
  ['SCR', 26_002, 'R', 'script throws or does not compile', '脚本抛出异常或无法编译'],
  ['SCR', 26_003, 'R', 'script runs longer than 3 s', '脚本运行超过 3 秒'],
  ['SCR', 26_006, 'R', 'one of the two functions is not defined', '两个函数之一未定义'],
  ['SCR', 26_007, 'R', 'wrong return type', '返回类型错误'],
  ['SUB', 9200, 'Y', 'an application subscribes a device that never connected', '应用代从未连接的设备订阅'],
  ['SUB', 500, 'I', 'a defect of Thingbench', 'Thingbench 的缺陷'],
  ['SUB', 403, 'Y', 'subscribe to a foreign topic', '订阅他人的 Topic'],
  ['TOPO', 5005, 'Y', 'topology request with an unknown product key', '拓扑请求中的 ProductKey 未知'],
  ['CFG', 6710, 'Y', 'pull before the first save', '首次保存前拉取配置'],
  ['CFG', 6713, 'Y', 'pull or push with the switch off', '开关关闭时拉取或推送配置'],
  ['FILE', 78_123, 'R', 'file of the same name that may not be overwritten', '同名文件且不允许覆盖'],
  ['FILE', 78_129, 'S', 'more than 1,000 files of one device', '单个设备超过 1,000 个文件'],
]

/** Every code of the platform's log in each of its groups (platform rulebook 5.4), in its order. */
export const logCodes: readonly LogCode[] = rows.map(([group, code, arising, en, zh, pending = null]) => ({
  group,
  code,
  arising,
  isSystem: systemCodes[group]?.includes(code) ?? false,
  trigger: { en, zh },
  pending,
}))

const groupsOfTypes: Record<string, CodeGroup> = {
  device: 'DEV',
  uplink: 'MSG',
  downlink: 'MSG',
  RuleEngine: 'MSG',
  ServiceSubscribe: 'MSG',
  OTA: 'MSG',
  ApiService: 'CALL',
  ThingService: 'CALL',
  ThingModelMessage: 'REP',
  DataStorage: 'REP',
  ThingModel: 'VAL',
  ScriptParsing: 'SCR',
  subscribe: 'SUB',
  unsubscribe: 'SUB',
  ThingTopo: 'TOPO',
  RemoteConfig: 'CFG',
  DeviceFileUpload: 'FILE',
}

/**
 * The group of a record by its business type; `isAnswer` for what a device answered to a command. What the platform finds
 * wrong with an answer belongs to the command; codes of the device's own choice do not.
 */
export function groupOfRecord(bizCode: string, code: number, isAnswer: boolean): CodeGroup | null {
  if (bizCode !== 'ThingService' || !isAnswer)
    return groupsOfTypes[bizCode] ?? null
  const groups = logCodes.filter(entry => entry.code === code).map(({ group }) => group)
  return groups.includes('CALL') && !groups.includes('RSP') ? 'CALL' : 'RSP'
}

/** What is known of a code: in its group first, in any group second (platform rule ERR-1). */
export function findLogCode(code: number, group: CodeGroup | null): LogCode | undefined {
  return logCodes.find(entry => entry.code === code && entry.group === group) ?? logCodes.find(entry => entry.code === code)
}
