import type { Language } from './explanation.ts'
import type { IssueRule } from './issue.ts'

/** Sentences of an issue; `{path}`, `{expected}` and `{got}` are filled in, the code is put after it. */
export const issueSentences: Record<Language, Record<IssueRule, string>> = {
  en: {
    'not-json': 'The payload is not JSON: {expected}',
    'not-object': 'The payload is JSON but not an object: {got}',
    'no-id': 'The message has no id that a reply could carry: expected "id" as text or number, got {got}',
    'no-params': 'The report has no properties: expected "params" to be an object with at least one member, got {got}',
    'too-many-properties': 'The report has {got} properties, and one report may carry at most {expected}',
    'unknown-property': '{path}: the thing model has no property of this name',
    'unknown-module': '{path}: the thing model has no module of the name before the colon',
    'unknown-event': '{path}: the thing model has no event of this name',
    'unknown-service': '{path}: the thing model has no service of this name',
    'unknown-parameter': '{path}: the thing model does not define this parameter',
    'unknown-member': '{path}: the struct has no member of this name',
    'model-damaged': '{path}: the thing model of the product is damaged and cannot be read, so this cannot be checked',
    'missing-parameter': '{path}: the parameter is missing',
    'missing-member': '{path}: the struct lacks this member',
    'read-only': '{path}: the property can be read only, it cannot be set',
    'no-output': 'The event report has no output: expected "params" to be an object, got {got}',
    'bad-form': 'The message has a wrong form: expected {expected}, got {got}',
    'no-time': '{path}: a value of the past needs a "time" of 13 digits, got {got}',
    'too-many-names': 'The message names {got} properties, and one message may name at most {expected}',
    'too-many-events': 'The pack has {got} events, and one pack may carry at most {expected}',
    'too-many-sub-devices': 'The pack has {got} sub-devices, and one pack may carry at most {expected}',
    'data-not-empty': 'The answer to a property set must carry an empty "data", got {got}; the new value belongs into a property report',
    'not-a-sub-device': '{path}: expected {expected}',
    'file-upload': 'The file upload expected {expected}, got {got}',
    'no-task': 'There is no task of this id for the device: {got}',
    'config-off': 'Remote configuration of product {got} is switched off, so there is nothing to fetch',
    'config-empty': 'No remote configuration of product {got} has been saved yet, so there is nothing to fetch',
    'unknown-topic': 'The platform has no topic {got}',
    'type': '{path}: {got} is not {expected}',
    'minimum': '{path}: {got} is below the minimum {expected} that the thing model allows',
    'maximum': '{path}: {got} is above the maximum {expected} that the thing model allows',
    'choice': '{path}: {got} is none of the values that the thing model names: {expected}',
    'length': '{path}: the text has {got} bytes in UTF-8, and the thing model allows {expected}',
    'size': '{path}: the array has {got} elements, and the thing model allows {expected}',
    'time-ignored': '{path}: {got} is not a time of 13 digits up to a day ahead, so the time of arrival was used',
    'cloud-limit': 'The report has {got} properties; the cloud would refuse more than {expected} with 6106',
    'cloud-rule': '{path}: the cloud allows {expected}, and this is {got}',
    'log-off': 'Local log reporting is off for this device, so its {got} lines were dropped: switch it on for the device to keep them',
    'block-stored': 'The {got} bytes of the block lie in the file, so the trace keeps only the header and the first {expected} of them',
    'not-utf8': 'The payload is not valid UTF-8 (byte {got}), so some characters are lost; devices have to send UTF-8, not GBK or Latin-1',
    'mended': 'The payload was not quite JSON and was mended as the cloud does for its own SDKs: {expected}',
    'unchecked': 'The product does no checking, so the message was kept as original data only',
  },
  zh: {
    'not-json': '消息体不是 JSON：{expected}',
    'not-object': '消息体是 JSON，但不是对象：{got}',
    'no-id': '消息没有可用于回复的 id：应为文本或数字类型的 "id"，收到 {got}',
    'no-params': '上报没有属性："params" 应为至少含一个成员的对象，收到 {got}',
    'too-many-properties': '上报含 {got} 个属性，单次上报最多 {expected} 个',
    'unknown-property': '{path}：物模型中没有这个名称的属性',
    'unknown-module': '{path}：物模型中没有冒号前这个名称的模块',
    'unknown-event': '{path}：物模型中没有这个名称的事件',
    'unknown-service': '{path}：物模型中没有这个名称的服务',
    'unknown-parameter': '{path}：物模型未定义该参数',
    'unknown-member': '{path}：结构体中没有这个名称的成员',
    'model-damaged': '{path}：产品的物模型已损坏，无法读取，因此不能校验',
    'missing-parameter': '{path}：缺少该参数',
    'missing-member': '{path}：结构体缺少该成员',
    'read-only': '{path}：该属性只读，不能设置',
    'no-output': '事件上报没有输出："params" 应为对象，收到 {got}',
    'bad-form': '消息格式错误：应为 {expected}，收到 {got}',
    'no-time': '{path}：历史数据必须带 13 位的 "time"，收到 {got}',
    'too-many-names': '消息包含 {got} 个属性，单条消息最多 {expected} 个',
    'too-many-events': '打包消息含 {got} 个事件，最多 {expected} 个',
    'too-many-sub-devices': '打包消息含 {got} 个子设备，最多 {expected} 个',
    'data-not-empty': '属性设置的回复中 "data" 必须为空，收到 {got}；新值应通过属性上报',
    'not-a-sub-device': '{path}：应为 {expected}',
    'file-upload': '文件上传应为 {expected}，收到 {got}',
    'no-task': '该设备没有此 ID 的任务：{got}',
    'config-off': '产品 {got} 未开启远程配置，无内容可获取',
    'config-empty': '产品 {got} 尚未保存远程配置，无内容可获取',
    'unknown-topic': '平台没有 Topic {got}',
    'type': '{path}：{got} 不是{expected}',
    'minimum': '{path}：{got} 低于物模型允许的最小值 {expected}',
    'maximum': '{path}：{got} 高于物模型允许的最大值 {expected}',
    'choice': '{path}：{got} 不在物模型列出的取值中：{expected}',
    'length': '{path}：文本按 UTF-8 为 {got} 字节，物模型允许 {expected} 字节',
    'size': '{path}：数组有 {got} 个元素，物模型允许 {expected} 个',
    'time-ignored': '{path}：{got} 不是 13 位且最多超前一天的时间，已使用到达时间',
    'cloud-limit': '上报含 {got} 个属性；云端会以 6106 拒绝超过 {expected} 个属性的上报',
    'cloud-rule': '{path}：云端允许 {expected}，实际为 {got}',
    'log-off': '该设备未开启本地日志上报，{got} 条日志已丢弃：请为设备打开开关后再上报',
    'block-stored': '分片的 {got} 字节已写入文件，因此消息记录中只保留头部和前 {expected} 字节',
    'not-utf8': '消息体不是有效的 UTF-8（第 {got} 字节），部分字符已丢失；设备必须发送 UTF-8，而不是 GBK 或 Latin-1',
    'mended': '消息体不是严格的 JSON，已像云端对待自家 SDK 那样修正：{expected}',
    'unchecked': '该产品不做校验，消息仅作为原始数据保存',
  },
}

/** What a value of each type has to be, for the rule `type`. */
export const typePhrases: Record<Language, Record<string, string>> = {
  en: {
    int: 'a whole number of 32 bits (int)',
    float: 'a number (float)',
    double: 'a number (double)',
    long: 'a whole number of 64 bits (long)',
    bool: 'the number 0 or 1 (bool)',
    text: 'text',
    date: 'text of epoch milliseconds such as "1735689600000" (date)',
    struct: 'an object (struct)',
    array: 'an array',
  },
  zh: {
    int: ' 32 位整数（int）',
    float: '数字（float）',
    double: '数字（double）',
    long: ' 64 位整数（long）',
    bool: '数字 0 或 1（bool）',
    text: '文本',
    date: '毫秒时间戳文本，例如 "1735689600000"（date）',
    struct: '对象（struct）',
    array: '数组',
  },
}

/** The small words around the sentences. */
interface Grammar {
  fullStop: string
  space: string
  nothing: string
  code: (code: number) => string
  more: (count: number) => string
  hint: (meant: string) => string
}

export const grammars: Record<Language, Grammar> = {
  en: {
    fullStop: '.',
    space: ' ',
    nothing: 'nothing',
    code: code => ` (${code})`,
    more: count => `And ${count} more.`,
    hint: meant => ` Did you mean ${meant}?`,
  },
  zh: {
    fullStop: '。',
    space: '',
    nothing: '空',
    code: code => `（${code}）`,
    more: count => `另有 ${count} 处。`,
    hint: meant => `是否为 ${meant}？`,
  },
}
