import type { BatchItem, DeviceBlock, IdentifiedBlock } from '../../../shared/alink/batch.ts'
import type { AlinkRequest } from '../../../shared/alink/envelope.ts'
import type { ValidationLevel } from '../../../shared/contract/product.ts'
import type { JsonObject } from '../../../shared/json.ts'
import type { CompiledModel } from '../../../shared/thing-model/compile.ts'
import type { ValidationIssue } from '../../../shared/thing-model/issue.ts'
import type { DigitsAt } from '../../../shared/thing-model/keep-digits.ts'
import type { AcceptedValue } from '../../../shared/thing-model/validate.ts'
import type { Sample } from '../../store/types.ts'
import type { FeatureDevice } from '../feature.ts'
import type { ReadMessage } from './request.ts'
import type { AcceptedEvent, BlockOutcome, GroupPost, OtherOutcome, PropertyPost } from './types.ts'
import { parseBatchPost, parseHistoryPost, parsePackPost } from '../../../shared/alink/batch.ts'
import { isUsableTime } from '../../../shared/alink/property.ts'
import { packDetail } from '../../../shared/contract/trace-detail.ts'
import { isJsonObject } from '../../../shared/json.ts'
import { limits } from '../../../shared/limits.ts'
import { issuesMax, shortenName, toSnippet } from '../../../shared/thing-model/issue.ts'
import { digitsIn, keepDigits } from '../../../shared/thing-model/keep-digits.ts'
import { validateReport } from '../../../shared/thing-model/validate.ts'
import { checkEvent } from './event-handle.ts'
import { withoutModel } from './handle.ts'
import { noId, readMessage, refuseMessage, replyTo } from './request.ts'
import { describeDropped, judgeReport, stepsOfReport } from './rules.ts'

const nothing = { accepted: [], samples: null, events: [] }

/** Several samples of one device in one message (`batch/post`, Alink 5.4). Pure. */
export function handleBatchPost(post: PropertyPost): BlockOutcome {
  const read = open(post)
  if ('done' in read)
    return read.done
  const { request, notices, text } = read
  const block = parseBatchPost(request.params)
  if (typeof block === 'string')
    return refuseForm(post.topic, request, block, notices)
  const limit = post.applyLimits ? exceeds(block) : null
  if (limit !== null)
    return { ...refuseMessage(post.topic, request, { issues: [limit], notices }, { message: limit.code }), ...nothing }
  const checked = checkBlock(block, post, digitsIn(text), false)
  return conclude(post, request, notices, { own: checked, others: [] })
}

/** A gateway's own values and those of its sub-devices in one message (`pack/post`). One sub-device that is not its own refuses all. Pure. */
export function handlePackPost(post: GroupPost): BlockOutcome {
  const read = open(post)
  if ('done' in read)
    return read.done
  const blocks = parsePackPost(read.request.params)
  if (typeof blocks === 'string')
    return refuseForm(post.topic, read.request, blocks, read.notices)
  if (post.applyLimits && blocks.length - 1 > limits.subDevicesPerPackMax) {
    const issue: ValidationIssue = { code: 6357, path: '', rule: 'too-many-sub-devices', expected: String(limits.subDevicesPerPackMax), got: String(blocks.length - 1) }
    return { ...refuseMessage(post.topic, read.request, { issues: [issue], notices: read.notices }, { message: 6357 }), ...nothing }
  }
  return handleGroup(post, read, blocks, false)
}

/** Values of the past, of the sender or its sub-devices (`history/post`): they go into the history and never become the latest ones. Pure. */
export function handleHistoryPost(post: GroupPost): BlockOutcome {
  const read = open(post)
  if ('done' in read)
    return read.done
  const blocks = parseHistoryPost(read.request.params)
  return typeof blocks === 'string'
    ? refuseForm(post.topic, read.request, blocks, read.notices)
    : handleGroup(post, read, blocks, true)
}

function open({ topic, payload }: PropertyPost): ReadMessage | { done: BlockOutcome } {
  const read = readMessage(topic, payload)
  if ('unreadable' in read)
    return { done: { ...read.unreadable, ...nothing } }
  if (read.request.idText === '')
    return { done: { ...refuseMessage(topic, read.request, { issues: [noId], notices: read.notices }, { message: 460 }), ...nothing } }
  return read
}

function refuseForm(topic: string, request: AlinkRequest, expected: string, notices: ValidationIssue[]): BlockOutcome {
  const issue: ValidationIssue = { code: 460, path: '', rule: 'bad-form', expected, got: toSnippet(request.params) }
  return { ...refuseMessage(topic, request, { issues: [issue], notices }, { message: 460 }), ...nothing }
}

/** What the cloud refuses in one device's block; null when nothing. */
function exceeds({ properties, events }: DeviceBlock): ValidationIssue | null {
  const names = new Set(properties.map(item => item.identifier))
  if (names.size > limits.propertiesPerPostMax)
    return { code: 6106, path: '', rule: 'too-many-properties', expected: String(limits.propertiesPerPostMax), got: String(names.size) }
  if (events.length > limits.eventsPerPackMax)
    return { code: 6356, path: '', rule: 'too-many-events', expected: String(limits.eventsPerPackMax), got: String(events.length) }
  return null
}

function handleGroup(post: GroupPost, { request, notices, text }: ReadMessage, blocks: readonly IdentifiedBlock[], isHistory: boolean): BlockOutcome {
  const refusals: ValidationIssue[] = []
  const addressed: { device: FeatureDevice, block: IdentifiedBlock }[] = []
  for (const block of blocks) {
    const device = addressee(post, block)
    const limit = post.applyLimits ? exceeds(block) : null
    if (typeof device === 'number')
      refusals.push(notASubDevice(device, block, post.device))
    else
      addressed.push({ device, block })
    if (limit !== null)
      refusals.push(limit)
  }
  if (refusals.length > 0)
    return { ...refuseMessage(post.topic, request, { issues: refusals, notices }, { message: refusals[0]!.code }), ...nothing }

  const own: CheckedBlock = emptyBlock()
  const digitsAt = digitsIn(text)
  const others: { device: FeatureDevice, block: IdentifiedBlock, checked: CheckedBlock }[] = []
  for (const { device, block } of addressed) {
    const isOwn = device.deviceId === post.device.deviceId
    const checked = checkBlock(block, isOwn ? post : { ...post, ...post.modelOf(device.productKey) }, digitsAt, isHistory)
    if (isOwn)
      merge(own, checked)
    else
      others.push({ device, block, checked })
  }
  return conclude(post, request, notices, { own, others })
}

function addressee({ device, findSubDevice }: GroupPost, { identity }: IdentifiedBlock): FeatureDevice | 6100 | 6401 {
  return identity === undefined || (identity.productKey === device.productKey && identity.deviceName === device.deviceName)
    ? device
    : findSubDevice(device, identity.productKey, identity.deviceName)
}

function notASubDevice(code: 6100 | 6401, { identity }: IdentifiedBlock, gateway: FeatureDevice): ValidationIssue {
  const path = shortenName(`${identity?.productKey}/${identity?.deviceName}`)
  const expected = code === 6100 ? 'a device that exists' : `a sub-device of ${gateway.deviceName}`
  return { code, path, rule: 'not-a-sub-device', expected, got: path }
}

interface CheckedBlock {
  /** False when strict checking refused something. */
  keepsGood: boolean
  accepted: AcceptedValue[]
  samples: Sample[]
  events: AcceptedEvent[]
  issues: ValidationIssue[]
  notices: ValidationIssue[]
}

function emptyBlock(): CheckedBlock {
  return { keepsGood: true, accepted: [], samples: [], events: [], issues: [], notices: [] }
}

function merge(into: CheckedBlock, from: CheckedBlock): void {
  into.keepsGood &&= from.keepsGood
  // Not spread into push: one message can carry more values than a call takes arguments.
  into.accepted = into.accepted.concat(from.accepted)
  into.samples = into.samples.concat(from.samples)
  into.events = into.events.concat(from.events)
  into.issues = into.issues.concat(from.issues)
  into.notices = into.notices.concat(from.notices)
}

type Checking = Pick<PropertyPost, 'model' | 'level' | 'receivedAt'>

function checkBlock({ properties, events }: DeviceBlock, { model, level, receivedAt }: Checking, digitsAt: DigitsAt, isHistory: boolean): CheckedBlock {
  const checked = emptyBlock()
  if (level === 'none') {
    checked.notices.push({ code: 200, path: '', rule: 'unchecked', expected: '', got: '' })
    return checked
  }
  const rules = model ?? withoutModel
  const isTimely = (item: BatchItem): boolean => !isHistory || isUsableTime(item.time, receivedAt) || !checked.issues.push(noTime(item))
  for (const item of properties) {
    if (isTimely(item))
      checkProperty(checked, rules, item, { digitsAt, receivedAt, level })
  }
  for (const item of events) {
    if (!isTimely(item))
      continue
    const { identifier, value, time, path } = item
    if (!isJsonObject(value)) {
      checked.issues.push({ code: 460, path: shortenName(identifier), rule: 'type', expected: 'struct', got: toSnippet(value) })
      continue
    }
    const { event, issues, notices } = checkEvent(rules, identifier, { output: value, time, path: ['params', ...path] }, { digitsAt, receivedAt, level })
    if (event !== null)
      checked.events.push(event)
    checked.issues.push(...issues)
    checked.notices.push(...notices)
  }
  checked.keepsGood = judgeReport(level, checked.issues).keepsGood
  return checked
}

function noTime({ identifier, time }: BatchItem): ValidationIssue {
  return { code: 6326, path: shortenName(identifier), rule: 'no-time', expected: '', got: toSnippet(time) }
}

function checkProperty(checked: CheckedBlock, model: CompiledModel, { identifier, value, time, path }: BatchItem, { digitsAt, receivedAt, level }: { digitsAt: DigitsAt, receivedAt: number, level: ValidationLevel }): void {
  const timed: JsonObject = time === undefined ? { value } : { value, time }
  const params: JsonObject = { [identifier]: timed }
  if (typeof value === 'number' ? !Number.isSafeInteger(value) : isJsonObject(value))
    keepItemDigits(model, identifier, timed, digitsAt, path)
  const verdict = validateReport(model, params, receivedAt, level)
  checked.accepted.push(...verdict.accepted)
  checked.samples.push(...verdict.samples)
  checked.issues.push(...verdict.issues)
  checked.notices.push(...verdict.notices)
}

/** The path of an item leads to its value, so members of a struct stand one step further. */
function keepItemDigits({ longs }: CompiledModel, identifier: string, timed: JsonObject, digitsAt: DigitsAt, path: readonly string[]): void {
  for (const [key, member] of longs) {
    const value = timed.value
    if (key === identifier && member === undefined)
      keepDigits(timed, 'value', digitsAt, ['params', ...path])
    else if (key === identifier && isJsonObject(value))
      keepDigits(value, member!, digitsAt, ['params', ...path, member!])
  }
}

interface Group { own: CheckedBlock, others: readonly { device: FeatureDevice, block: IdentifiedBlock, checked: CheckedBlock }[] }

/** Strict checking of any device's part refuses the whole message, because it has one reply. */
function conclude({ topic }: PropertyPost, request: AlinkRequest, notices: ValidationIssue[], { own, others }: Group): BlockOutcome {
  const all = [own, ...others.map(other => other.checked)]
  const issues = all.flatMap(block => block.issues)
  const allNotices = notices.concat(all.flatMap(block => block.notices)).slice(0, issuesMax)
  const findings = { issues: issues.slice(0, issuesMax), notices: allNotices, moreIssues: Math.max(0, issues.length - issuesMax) }
  const code = issues[0]?.code ?? 200
  if (!all.every(block => block.keepsGood))
    return { ...refuseMessage(topic, request, findings, { check: code, message: code }), ...nothing }

  const reply = replyTo(topic, request, 200, describeDropped(issues))
  const isStored = all.some(block => block.accepted.length > 0 || block.events.length > 0)
  const isOrdinary = code === 200 && allNotices.length === 0 && reply !== null && isStored
  const steps = isOrdinary ? [] : stepsOfReport(topic, { check: code, message: 200, isStored, isReplied: reply !== null })
  return {
    code,
    detail: isOrdinary ? null : packDetail({ ...findings, steps }, topic),
    reply,
    ...kept(own),
    others: others.map(({ device, block, checked }) => otherOutcome(topic, device, block, checked)),
  }
}

function kept({ accepted, samples, events }: CheckedBlock): Pick<BlockOutcome, 'accepted' | 'samples' | 'events'> {
  return { accepted, samples: samples.length > 0 ? samples : null, events }
}

/** The row of a sub-device: its part of the message, on the topic on which it would have sent it itself. The message is the gateway's, so the part begins with its check. */
function otherOutcome(topic: string, device: FeatureDevice, block: IdentifiedBlock, checked: CheckedBlock): OtherOutcome {
  const path = topic.split('/').slice(4).join('/')
  const ownTopic = `/sys/${device.productKey}/${device.deviceName}/${path}`
  const { issues, notices } = checked
  const code = issues[0]?.code ?? 200
  const steps = stepsOfReport(ownTopic, { check: code, message: 200, isStored: checked.accepted.length > 0 || checked.events.length > 0, isReplied: false }).filter(step => step.bizCode !== 'uplink')
  return { device, topic: ownTopic, payload: Buffer.from(JSON.stringify(block.raw)), code, detail: packDetail({ issues, notices, steps }, ownTopic), ...kept(checked) }
}
