import type { JsonObject, JsonValue } from '../json.ts'
import type { Findings } from './findings.ts'
import type { ParsedThingModel, ParseOptions } from './parse.ts'
import { limits } from '../limits.ts'
import { describeGot, readList, readObject, startFindings, unknownMembers } from './findings.ts'
import { locateJsonError } from './json-error.ts'
import { parseThingModel } from './parse.ts'

const rwFlags = { READ_ONLY: 'r', READ_WRITE: 'rw', WRITE_ONLY: 'w' }
const eventTypes = { INFO_EVENT_TYPE: 'info', ALERT_EVENT_TYPE: 'alert', ERROR_EVENT_TYPE: 'error' }
const callTypes = { ASYNC: 'async', SYNC: 'sync' }
/** What a type may be where it stands; LONG is not the cloud's, but this program writes it. */
const plainTypes = ['INT', 'FLOAT', 'DOUBLE', 'ENUM', 'BOOL', 'TEXT', 'DATE']
const typesOf = {
  feature: [...plainTypes, 'STRUCT', 'ARRAY', 'LONG'],
  member: [...plainTypes, 'LONG'],
  item: ['INT', 'FLOAT', 'DOUBLE', 'TEXT', 'STRUCT'],
}

/** What belongs to this form alone and says nothing that the model keeps. */
const formal = ['productKey', 'custom', 'customFlag', 'std', 'isStd', 'configCode', 'dataType', 'dataSpecs', 'dataSpecsList', 'identifier', 'description']
const formalOfParameter = [...formal, 'name', 'direction', 'paraOrder', 'index', 'required']

/** Reads one file; `places` remembers for each path of the translation where it came from. */
interface Reading { findings: Findings, places: Map<string, string> }

/**
 * Reads a module of a thing model in the form that the cloud keeps it in and takes from programs (`ThingModelJson`). It is put
 * into the form of the console's export and read by the same rules, so that issues are the same; their paths are those of
 * this form. Never throws.
 */
export function readThingModelJson(source: string, options: ParseOptions = {}): ParsedThingModel {
  const findings = startFindings(options.applyLimits ?? false)
  const reading: Reading = { findings, places: new Map() }
  const document = parseText(findings, source)
  const translated = document === undefined ? undefined : readDocument(reading, document)
  if (translated === undefined || findings.issues.length > 0)
    return { issues: findings.issues }
  const parsed = parseThingModel(translated, options)
  if (parsed.issues === undefined)
    return { model: parsed.model, notices: [...findings.notices, ...parsed.notices.map(notice => comeFrom(reading, notice))] }
  return { issues: parsed.issues.map(issue => ({ ...issue, path: comeFrom(reading, issue.path) })) }
}

function parseText(findings: Findings, source: string): JsonObject | undefined {
  if (source.length > limits.modelBytesMax) {
    findings.refuse('', `a text of at most ${limits.modelBytesMax / 1024} KB`, `${Math.ceil(source.length / 1024)} KB`)
    return undefined
  }
  try {
    return readObject(findings, '', JSON.parse(source), 'an object with "properties", "services" and "events"', 6318)
  }
  catch {
    const error = locateJsonError(source)
    findings.refuse(error === null ? '' : `line ${error.line}, column ${error.column}`, error?.expected ?? 'valid JSON', error?.got ?? 'text that cannot be read', 6318)
    return undefined
  }
}

/** Puts the longest known place in front of a path or a notice. */
function comeFrom({ places }: Reading, path: string): string {
  let longest = ''
  for (const known of places.keys()) {
    if (known.length > longest.length && path.startsWith(known) && !/^\w/.test(path.slice(known.length)))
      longest = known
  }
  return longest === '' ? path : `${places.get(longest)}${path.slice(longest.length)}`
}

function readDocument(reading: Reading, document: JsonObject): JsonObject {
  const { functionBlockId, functionBlockName, _ppk: head } = document
  const version = head !== null && typeof head === 'object' && !Array.isArray(head) ? head.version : undefined
  return {
    profile: { ...copy('productKey', document.productKey), ...copy('version', version) },
    ...copy('functionBlockId', functionBlockId),
    ...copy('functionBlockName', functionBlockName),
    properties: readFeatures(reading, 'properties', document.properties, (object, path) => ({
      accessMode: readChoice(reading, path, 'rwFlag', object, rwFlags),
      ...copy('required', object.required),
      dataType: readDataType(reading, object, { typeKey: 'dataType', types: typesOf.feature, path, target: `${path}.dataType` }),
      ...copy('name', object.name),
      ...unknownMembers(object, [...formal, 'name', 'required', 'rwFlag']),
    })),
    services: readFeatures(reading, 'services', document.services, (object, path) => ({
      callType: readChoice(reading, path, 'callType', object, callTypes),
      ...copy('required', object.required),
      ...copy('name', object.serviceName ?? object.name),
      method: 'thing.service',
      inputData: readParameters(reading, object.inputParams, `${path}.inputParams`, `${path}.inputData`),
      outputData: readParameters(reading, object.outputParams, `${path}.outputParams`, `${path}.outputData`),
      ...unknownMembers(object, [...formal, 'name', 'required', 'serviceName', 'callType', 'inputParams', 'outputParams']),
    })),
    events: readFeatures(reading, 'events', document.events, (object, path) => {
      // The cloud's manual writes it both ways; `outputParams` of an event only numbers what `outputdata` describes.
      const key = object.outputdata === undefined ? 'outputData' : 'outputdata'
      return {
        type: readChoice(reading, path, 'eventType', object, eventTypes),
        ...copy('required', object.required),
        ...copy('name', object.eventName ?? object.name),
        method: 'thing.event',
        outputData: readParameters(reading, object[key], `${path}.${key}`, `${path}.outputData`),
        ...unknownMembers(object, [...formal, 'name', 'required', 'eventName', 'eventType', 'outputdata', 'outputData', 'outputParams']),
      }
    }),
  }
}

function copy(key: string, value: JsonValue | undefined): JsonObject {
  return value === undefined || value === null ? {} : { [key]: value }
}

/** A list of features or parameters; the translation has an element for each, so that positions stay the same. */
function readFeatures(reading: Reading, key: string, source: JsonValue | undefined, read: (object: JsonObject, path: string) => JsonObject): JsonValue {
  return readList(reading.findings, key, source).map((entry, index) => {
    const path = `${key}[${index}]`
    const object = readObject(reading.findings, path, entry)
    if (object === undefined)
      return {}
    reading.places.set(`${path}.accessMode`, `${path}.rwFlag`)
    return { ...copy('identifier', object.identifier), ...copy('desc', object.description), ...read(object, path) }
  })
}

function readParameters(reading: Reading, source: JsonValue | undefined, path: string, target: string): JsonValue {
  reading.places.set(target, path)
  return readList(reading.findings, path, source).map((entry, index) => {
    const place = `${path}[${index}]`
    const object = readObject(reading.findings, place, entry)
    return object === undefined
      ? {}
      : {
          ...copy('identifier', object.identifier),
          ...copy('name', object.name),
          ...copy('desc', object.description),
          dataType: readDataType(reading, object, { typeKey: 'dataType', types: typesOf.feature, path: place, target: `${target}[${index}].dataType` }),
          ...unknownMembers(object, formalOfParameter),
        }
  })
}

/** Reads one of a few words; a word that is missing stays missing. */
function readChoice({ findings }: Reading, path: string, key: string, object: JsonObject, choices: Record<string, string>): JsonValue {
  const value = object[key]
  const choice = typeof value === 'string' && Object.hasOwn(choices, value) ? choices[value] : undefined
  if (choice === undefined)
    findings.refuse(`${path}.${key}`, `one of ${Object.keys(choices).join(', ')}`, describeGot(value), 6323)
  return choice ?? ''
}

interface Place {
  /** `dataType`, or `childDataType` inside a struct or an array. */
  typeKey: 'dataType' | 'childDataType'
  types: readonly string[]
  /** Where the object is that has the type and its specs. */
  path: string
  /** Where the type goes in the translation. */
  target: string
}

function readDataType(reading: Reading, object: JsonObject, { typeKey, types, path, target }: Place): JsonObject {
  const { findings, places } = reading
  const type = object[typeKey]
  places.set(target, path)
  places.set(`${target}.type`, `${path}.${typeKey}`)
  if (typeof type !== 'string' || !types.includes(type)) {
    findings.refuse(`${path}.${typeKey}`, `one of ${types.filter(name => name !== 'LONG').join(', ')}`, describeGot(type), 6314)
    return {}
  }
  const hasList = ['ENUM', 'BOOL', 'STRUCT'].includes(type)
  const specsPath = `${path}.${hasList ? 'dataSpecsList' : 'dataSpecs'}`
  places.set(`${target}.specs`, specsPath)
  const specs = hasList
    ? readSpecsList(reading, type, object.dataSpecsList, specsPath, `${target}.specs`)
    : readSpecs(reading, type, object.dataSpecs, specsPath, `${target}.specs`)
  return { type: type.toLowerCase(), specs }
}

function readSpecs(reading: Reading, type: string, source: JsonValue | undefined, path: string, target: string): JsonValue {
  const specs = source === undefined || source === null ? {} : readObject(reading.findings, path, source) ?? {}
  if (type !== 'ARRAY')
    return unknownMembers(specs, ['custom', 'customFlag', 'dataType']) ?? {}
  return { ...copy('size', specs.size), item: readDataType(reading, specs, { typeKey: 'childDataType', types: typesOf.item, path, target: `${target}.item` }) }
}

function readSpecsList(reading: Reading, type: string, source: JsonValue | undefined, path: string, target: string): JsonValue {
  const { findings } = reading
  const list = readList(findings, path, source).map((entry, index) => readObject(findings, `${path}[${index}]`, entry) ?? {})
  if (type === 'STRUCT') {
    return list.map((member, index) => ({
      ...copy('identifier', member.identifier),
      ...copy('name', member.childName ?? member.name),
      ...copy('desc', member.description),
      dataType: readDataType(reading, member, { typeKey: 'childDataType', types: typesOf.member, path: `${path}[${index}]`, target: `${target}[${index}].dataType` }),
      ...unknownMembers(member, [...formalOfParameter, 'childName', 'childDataType']),
    }))
  }
  const names: JsonObject = {}
  list.forEach(({ name, value }, index) => {
    const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
    if (!Number.isSafeInteger(number))
      findings.refuse(`${path}[${index}].value`, 'a whole number', describeGot(value), 6317)
    else if (Object.hasOwn(names, String(number)))
      findings.refuse(`${path}[${index}].value`, 'every value once', `a second element for ${String(number)}`, 6317)
    else
      names[String(number)] = name ?? ''
  })
  return names
}
