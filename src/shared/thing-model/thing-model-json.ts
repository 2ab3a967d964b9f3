import type { JsonObject, JsonValue } from '../json.ts'
import type { DataType, Parameter, Property, ThingEvent, ThingModel, ThingService } from './types.ts'
import { isJsonObject } from '../json.ts'

/** What stands at the head of a document in this form besides the model itself. */
export interface ThingModelJsonHead {
  productKey: string
  /** Of a published model. */
  version?: { version: string, description: string } | undefined
}

const rwFlags = { r: 'READ_ONLY', rw: 'READ_WRITE', w: 'WRITE_ONLY' } as const
const eventTypes = { info: 'INFO_EVENT_TYPE', alert: 'ALERT_EVENT_TYPE', error: 'ERROR_EVENT_TYPE' } as const
const callTypes = { async: 'ASYNC', sync: 'SYNC' } as const

/**
 * One module of a thing model as the cloud keeps it inside and gives it to programs (`ThingModelJson`): types in capitals,
 * `dataSpecs` and `dataSpecsList` in the place of `specs`, all keys in alphabetical order, and nothing that the cloud derives.
 * `long`, which the cloud's manual does not know in this form, is written LONG.
 */
export function writeThingModelJson(model: ThingModel, { productKey, version }: ThingModelJsonHead): string {
  return JSON.stringify(inOrder({
    ...(version !== undefined && { _ppk: { ...version } }),
    productKey,
    properties: model.properties.map(property => writeProperty(property, productKey)),
    services: model.services.map(service => writeService(service, productKey)),
    events: model.events.map(event => writeEvent(event, productKey)),
    ...(model.functionBlockId !== undefined && { functionBlockId: model.functionBlockId, functionBlockName: model.functionBlockName ?? model.functionBlockId }),
    ...(model.functionBlocks !== undefined && { functionBlocks: model.functionBlocks.map(block => ({ ...block, productKey })) }),
  }))
}

function writeProperty({ identifier, name, desc, accessMode, required, dataType, extra }: Property, productKey: string): JsonObject {
  return { ...extra, identifier, name, ...describe(desc), productKey, custom: true, required, rwFlag: rwFlags[accessMode], dataType: nameOf(dataType), ...writeSpecs(dataType) }
}

function writeService({ identifier, name, desc, callType, required, inputData, outputData, extra }: ThingService, productKey: string): JsonObject {
  return {
    ...extra,
    identifier,
    serviceName: name,
    ...describe(desc),
    productKey,
    custom: true,
    required,
    callType: callTypes[callType],
    inputParams: inputData.map((parameter, index) => writeParameter(parameter, index, 'PARAM_INPUT')),
    outputParams: outputData.map((parameter, index) => writeParameter(parameter, index, 'PARAM_OUTPUT')),
  }
}

function writeEvent({ identifier, name, desc, type, required, outputData, extra }: ThingEvent, productKey: string): JsonObject {
  return {
    ...extra,
    identifier,
    eventName: name,
    ...describe(desc),
    productKey,
    custom: true,
    required,
    eventType: eventTypes[type],
    outputdata: outputData.map((parameter, index) => writeParameter(parameter, index, 'PARAM_OUTPUT')),
  }
}

function writeParameter({ identifier, name, desc, dataType, extra }: Parameter, paraOrder: number, direction: string): JsonObject {
  return { ...extra, identifier, name, ...describe(desc), custom: true, direction, paraOrder, dataType: nameOf(dataType), ...writeSpecs(dataType) }
}

function describe(desc: string | undefined): JsonObject {
  return desc === undefined ? {} : { description: desc }
}

function nameOf({ type }: DataType): string {
  return type.toUpperCase()
}

/** `dataSpecs` or `dataSpecsList`, whichever the type has. */
function writeSpecs(dataType: DataType): JsonObject {
  const head = { dataType: nameOf(dataType), custom: true }
  switch (dataType.type) {
    case 'int':
    case 'float':
    case 'double':
    case 'long': {
      const { type: _, min, max, unit, unitName, extra } = dataType
      const step = dataType.type === 'long' ? undefined : dataType.step
      return { dataSpecs: { ...extra, ...head, ...asText({ min, max, step, unit, unitName }) } }
    }
    case 'text':
      return { dataSpecs: { ...dataType.extra, ...head, ...(dataType.length !== undefined && { length: dataType.length }) } }
    case 'date':
      return { dataSpecs: head }
    case 'bool':
      return { dataSpecsList: [0, 1].map(value => ({ ...head, name: dataType.labels[value as 0 | 1], value })) }
    case 'enum':
      return { dataSpecsList: dataType.items.map(({ name, value }) => ({ ...head, name, value })) }
    case 'struct':
      return {
        dataSpecsList: dataType.members.map(({ identifier, name, desc, dataType: member, extra }) => ({
          ...extra,
          ...head,
          identifier,
          name,
          ...describe(desc),
          childName: name,
          childDataType: nameOf(member),
          ...writeSpecs(member),
        })),
      }
    case 'array':
      return { dataSpecs: { ...head, ...(dataType.size !== undefined && { size: dataType.size }), childDataType: nameOf(dataType.item), ...writeSpecs(dataType.item) } }
  }
}

function asText(members: Record<string, string | number | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(members).flatMap(([key, value]) => value === undefined ? [] : [[key, String(value)]]))
}

/** The same value with the keys of every object in alphabetical order. */
function inOrder(value: JsonValue): JsonValue {
  if (Array.isArray(value))
    return value.map(inOrder)
  if (!isJsonObject(value))
    return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([key, member]) => [key, inOrder(member)]))
}
