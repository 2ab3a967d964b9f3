import type { JsonObject, JsonValue } from '../../../../shared/json.ts'
import type { FeatureKind } from '../../../../shared/thing-model/changes.ts'
import type { ModelIssue } from '../../../../shared/thing-model/findings.ts'
import type { Feature } from '../../../../shared/thing-model/parse-feature.ts'
import type { AccessMode, DataType, DataTypeName, Parameter, ThingEvent, ThingService } from '../../../../shared/thing-model/types.ts'
import { parseFeature } from '../../../../shared/thing-model/parse-feature.ts'

/** A data type while it is edited: what was typed for every type stays, so that a look at another type loses nothing. */
export interface TypeForm {
  type: DataTypeName
  min: string
  max: string
  step: string
  unit: string
  unitName: string
  length: string
  size: string
  off: string
  on: string
  items: { value: string, name: string }[]
  members: ParameterForm[]
  /** What an array holds; null inside an array or a struct, which hold no arrays. */
  item: TypeForm | null
  /** Specs that Thingbench has no use for. */
  extra: JsonObject
}

export interface ParameterForm {
  /** Tells the rows of a list apart while their identifiers change. */
  id: number
  identifier: string
  name: string
  desc: string
  type: TypeForm
  extra: JsonObject
}

/** A property, an event or a service while it is edited; each uses the fields that it has. */
export interface FeatureForm {
  identifier: string
  name: string
  desc: string
  required: boolean
  accessMode: AccessMode
  eventType: ThingEvent['type']
  callType: ThingService['callType']
  type: TypeForm
  inputData: ParameterForm[]
  outputData: ParameterForm[]
  extra: JsonObject
}

/** Where a type stands, which decides what it may be. */
export type FormPlace = 'feature' | 'member' | 'item'

export const typesAt: Record<FormPlace, readonly DataTypeName[]> = {
  feature: ['int', 'float', 'double', 'bool', 'enum', 'text', 'date', 'struct', 'array', 'long'],
  member: ['int', 'float', 'double', 'bool', 'enum', 'text', 'date', 'long'],
  item: ['int', 'float', 'double', 'text', 'struct'],
}

let lastId = 0

export function blankType(type: DataTypeName = 'int', withItem = true): TypeForm {
  return {
    type,
    min: '',
    max: '',
    step: '',
    unit: '',
    unitName: '',
    length: type === 'text' ? '64' : '',
    size: '10',
    off: 'off',
    on: 'on',
    items: [{ value: '0', name: '' }, { value: '1', name: '' }],
    members: [],
    item: withItem ? blankType('int', false) : null,
    extra: {},
  }
}

export function blankParameter(): ParameterForm {
  return { id: ++lastId, identifier: '', name: '', desc: '', type: blankType(), extra: {} }
}

export function blankFeature(): FeatureForm {
  return { identifier: '', name: '', desc: '', required: false, accessMode: 'rw', eventType: 'info', callType: 'sync', type: blankType(), inputData: [], outputData: [], extra: {} }
}

function typeFormOf(dataType: DataType, withItem = true): TypeForm {
  const form = blankType(dataType.type, withItem)
  const text = (value: number | string | undefined): string => value === undefined ? '' : String(value)
  switch (dataType.type) {
    case 'int':
    case 'float':
    case 'double':
      return { ...form, min: text(dataType.min), max: text(dataType.max), step: text(dataType.step), unit: dataType.unit ?? '', unitName: dataType.unitName ?? '', extra: dataType.extra ?? {} }
    case 'long':
      return { ...form, min: text(dataType.min), max: text(dataType.max), unit: dataType.unit ?? '', unitName: dataType.unitName ?? '', extra: dataType.extra ?? {} }
    case 'bool':
      return { ...form, off: dataType.labels[0], on: dataType.labels[1] }
    case 'enum':
      return { ...form, items: dataType.items.map(({ value, name }) => ({ value: String(value), name })) }
    case 'text':
      return { ...form, length: text(dataType.length), extra: dataType.extra ?? {} }
    case 'date':
      return form
    case 'struct':
      return { ...form, members: dataType.members.map(parameterFormOf) }
    case 'array':
      return { ...form, size: text(dataType.size), item: typeFormOf(dataType.item, false) }
  }
}

function parameterFormOf({ identifier, name, desc = '', dataType, extra = {} }: Parameter): ParameterForm {
  return { id: ++lastId, identifier, name, desc, type: typeFormOf(dataType), extra }
}

/** What the panel edits, from a feature of the model. */
export function formOf(feature: Feature): FeatureForm {
  const form = { ...blankFeature(), identifier: feature.identifier, name: feature.name, desc: feature.desc ?? '', required: feature.required, extra: feature.extra ?? {} }
  if ('dataType' in feature)
    return { ...form, accessMode: feature.accessMode, type: typeFormOf(feature.dataType) }
  if ('callType' in feature)
    return { ...form, callType: feature.callType, inputData: feature.inputData.map(parameterFormOf), outputData: feature.outputData.map(parameterFormOf) }
  return { ...form, eventType: feature.type, outputData: feature.outputData.map(parameterFormOf) }
}

function specsOf(form: TypeForm): JsonValue {
  const filled = (names: readonly ('min' | 'max' | 'step' | 'unit' | 'unitName' | 'length' | 'size')[]): JsonObject => Object.fromEntries(names.map(name => [name, form[name].trim()]).filter(([, value]) => value !== ''))
  switch (form.type) {
    case 'int':
    case 'float':
    case 'double':
      return { ...filled(['min', 'max', 'step', 'unit', 'unitName']), ...form.extra }
    case 'long':
      return { ...filled(['min', 'max', 'unit', 'unitName']), ...form.extra }
    case 'bool':
      return { 0: form.off, 1: form.on }
    case 'enum':
      return Object.fromEntries(form.items.map(({ value, name }) => [value.trim(), name === '' ? value.trim() : name]))
    case 'text':
      return { ...filled(['length']), ...form.extra }
    case 'date':
      return {}
    case 'struct':
      return form.members.map(sourceOfParameter)
    case 'array':
      return { ...filled(['size']), item: sourceOfType(form.item ?? blankType('int', false)) }
  }
}

function sourceOfType(form: TypeForm): JsonObject {
  return { type: form.type, specs: specsOf(form) }
}

function sourceOfNaming({ identifier, name, desc, extra }: Pick<ParameterForm, 'identifier' | 'name' | 'desc' | 'extra'>): JsonObject {
  return { identifier: identifier.trim(), ...(name.trim() !== '' && { name: name.trim() }), ...(desc.trim() !== '' && { desc: desc.trim() }), ...extra }
}

function sourceOfParameter(form: ParameterForm): JsonObject {
  return { ...sourceOfNaming(form), dataType: sourceOfType(form.type) }
}

function sourceOf(kind: FeatureKind, form: FeatureForm): JsonObject {
  const naming = { ...sourceOfNaming(form), required: form.required }
  switch (kind) {
    case 'property':
      return { ...naming, accessMode: form.accessMode, dataType: sourceOfType(form.type) }
    case 'event':
      return { ...naming, type: form.eventType, outputData: form.outputData.map(sourceOfParameter) }
    case 'service':
      return { ...naming, callType: form.callType, inputData: form.inputData.map(sourceOfParameter), outputData: form.outputData.map(sourceOfParameter) }
  }
}

export interface CheckedForm {
  /** Null while something is wrong. */
  feature: Feature | null
  /** By path in the export form: `identifier`, `dataType.specs.max`, `inputData[0].dataType.specs.size`. */
  issues: ReadonlyMap<string, ModelIssue>
  notices: readonly string[]
}

/** Checks what is in the panel by the rules of the whole file; `taken` are the identifiers that the kind has already. */
export function checkForm(kind: FeatureKind, form: FeatureForm, taken: ReadonlySet<string>, applyLimits: boolean): CheckedForm {
  const parsed = parseFeature(kind, sourceOf(kind, form), taken, { applyLimits })
  const repeated = kind === 'property' ? repeatedValues('dataType', form.type) : [...inParameters('inputData', form.inputData), ...inParameters('outputData', form.outputData)]
  const issues = new Map<string, ModelIssue>()
  for (const issue of [...parsed.issues ?? [], ...repeated]) {
    if (!issues.has(issue.path))
      issues.set(issue.path, issue)
  }
  return { feature: issues.size > 0 ? null : parsed.feature ?? null, issues, notices: parsed.notices ?? [] }
}

/** Values that an enum names twice: in a file they are keys, and of two equal ones only the last would be left to check. */
function repeatedValues(path: string, form: TypeForm): ModelIssue[] {
  const specs = `${path}.specs`
  if (form.type === 'enum') {
    const values = form.items.map(item => item.value.trim())
    return values.filter((value, index) => values.indexOf(value) !== index)
      .map(value => ({ path: `${specs}.${value}`, expected: 'every value once', got: `a second key for the value ${value}`, code: 6317 }))
  }
  if (form.type === 'struct')
    return inParameters(specs, form.members)
  return form.type === 'array' && form.item !== null ? repeatedValues(`${specs}.item`, form.item) : []
}

function inParameters(path: string, list: readonly ParameterForm[]): ModelIssue[] {
  return list.flatMap(({ type }, index) => repeatedValues(`${path}[${index}].dataType`, type))
}
