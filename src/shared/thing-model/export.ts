import type { JsonObject, JsonValue } from '../json.ts'
import type { DataType, Parameter, Property, ThingEvent, ThingModel, ThingService } from './types.ts'
import { eventMethod, serviceMethod } from './method.ts'

/** The constant the cloud puts at the head of every document. */
const schemaUrl = 'https://iotx-tsl.oss-ap-southeast-1.aliyuncs.com/schema.json'

/**
 * The model in the form, key order and indentation of the cloud's console export: spec values as text, `method` and
 * the implicit members (`post`, `set`, `get`) filled in. `productKey` replaces the one in the model's profile.
 */
export function exportThingModel(model: ThingModel, options: { productKey?: string } = {}): string {
  return JSON.stringify(exportDocument(model, options), null, '\t')
}

/** The same as {@link exportThingModel}, as a JSON value. */
export function exportDocument(model: ThingModel, options: { productKey?: string } = {}): JsonObject {
  const { extra: profileExtra, ...profile } = model.profile
  const blockId = model.functionBlockId
  return {
    schema: schemaUrl,
    profile: { ...profile, ...(options.productKey !== undefined && { productKey: options.productKey }), ...profileExtra },
    services: [...implicitServices(model), ...model.services.map(service => exportService(service, blockId))],
    properties: model.properties.map(exportProperty),
    events: [...implicitEvents(model), ...model.events.map(event => exportEvent(event, blockId))],
    ...(blockId !== undefined && { functionBlockId: blockId }),
    ...(model.functionBlockName !== undefined && { functionBlockName: model.functionBlockName }),
    ...(model.functionBlocks && { functionBlocks: model.functionBlocks.map(block => ({ ...block })) }),
    ...model.extra,
  }
}

function exportProperty(property: Property): JsonObject {
  return {
    identifier: property.identifier,
    dataType: exportDataType(property.dataType),
    name: property.name,
    accessMode: property.accessMode,
    required: property.required,
    ...(property.desc !== undefined && { desc: property.desc }),
    ...property.extra,
  }
}

function exportParameter(parameter: Parameter): JsonObject {
  return {
    identifier: parameter.identifier,
    dataType: exportDataType(parameter.dataType),
    name: parameter.name,
    ...(parameter.desc !== undefined && { desc: parameter.desc }),
    ...parameter.extra,
  }
}

/** A property as it stands in the parameters of the implicit members: without access mode and description. */
function exportAsParameter({ identifier, dataType, name }: Property): JsonObject {
  return { identifier, dataType: exportDataType(dataType), name }
}

function exportEvent(event: ThingEvent, blockId: string | undefined): JsonObject {
  return {
    outputData: event.outputData.map(exportParameter),
    identifier: event.identifier,
    method: eventMethod(event.identifier, blockId),
    name: event.name,
    type: event.type,
    required: event.required,
    ...(event.desc !== undefined && { desc: event.desc }),
    ...event.extra,
  }
}

function exportService(service: ThingService, blockId: string | undefined): JsonObject {
  return {
    outputData: service.outputData.map(exportParameter),
    identifier: service.identifier,
    inputData: service.inputData.map(exportParameter),
    method: serviceMethod(service.identifier, blockId),
    name: service.name,
    required: service.required,
    callType: service.callType,
    ...(service.desc !== undefined && { desc: service.desc }),
    ...service.extra,
  }
}

function implicitEvents(model: ThingModel): JsonObject[] {
  if (model.properties.length === 0)
    return []
  return [
    {
      outputData: model.properties.map(exportAsParameter),
      identifier: 'post',
      method: 'thing.event.property.post',
      name: 'post',
      type: 'info',
      required: true,
      desc: '属性上报',
    },
  ]
}

function implicitServices(model: ThingModel): JsonObject[] {
  if (model.properties.length === 0)
    return []
  const writable = model.properties.filter(property => property.accessMode !== 'r')
  return [
    {
      outputData: [],
      identifier: 'set',
      inputData: writable.map(exportAsParameter),
      method: 'thing.service.property.set',
      name: 'set',
      required: true,
      callType: 'async',
      desc: '属性设置',
    },
    {
      outputData: model.properties.map(exportAsParameter),
      identifier: 'get',
      inputData: model.properties.map(property => property.identifier),
      method: 'thing.service.property.get',
      name: 'get',
      required: true,
      callType: 'async',
      desc: '属性获取',
    },
  ]
}

function exportDataType(dataType: DataType): JsonObject {
  return { specs: exportSpecs(dataType), type: dataType.type }
}

function exportSpecs(dataType: DataType): JsonValue {
  switch (dataType.type) {
    case 'int':
    case 'float':
    case 'double':
      return {
        ...(dataType.unit !== undefined && { unit: dataType.unit }),
        ...(dataType.min !== undefined && { min: String(dataType.min) }),
        ...(dataType.unitName !== undefined && { unitName: dataType.unitName }),
        ...(dataType.max !== undefined && { max: String(dataType.max) }),
        ...(dataType.step !== undefined && { step: String(dataType.step) }),
        ...dataType.extra,
      }
    case 'long': {
      const { type, extra, ...specs } = dataType
      return { ...specs, ...extra }
    }
    case 'bool':
      return { 0: dataType.labels[0], 1: dataType.labels[1] }
    case 'enum':
      return Object.fromEntries(dataType.items.map(item => [String(item.value), item.name]))
    case 'text':
      return { ...(dataType.length !== undefined && { length: String(dataType.length) }), ...dataType.extra }
    case 'date':
      return {}
    case 'struct':
      return dataType.members.map(exportParameter)
    case 'array':
      return { ...(dataType.size !== undefined && { size: String(dataType.size) }), item: exportDataType(dataType.item) }
  }
}
