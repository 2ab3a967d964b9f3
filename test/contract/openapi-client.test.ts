import type { Action, AnswerShape } from '../../src/engine/openapi/action.ts'
import type { Parameters } from '../../src/engine/openapi/parameter.ts'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { action } from '../../src/engine/openapi/action.ts'
import { actions } from '../../src/engine/openapi/actions.ts'
import { cloudActions } from '../../src/engine/openapi/cloud-actions.ts'
import { integer, text } from '../../src/engine/openapi/parameter.ts'

/** A class of the cloud's client library: which members there are on the wire and of which types. */
interface Model { names: () => Record<string, string>, types: () => Record<string, ModelType> }
interface ListType { type: 'array' | 'map', itemType?: ModelType }
type ModelType = string | Model | ListType

const library = createRequire(import.meta.url)('@alicloud/iot20180120') as Record<string, Model> & { default: { prototype: object } }

/** Actions and parameters that are in the cloud's manuals and newer than the library. */
const newer: ReadonlySet<string> = new Set(['ClearDeviceDesiredProperty', 'AsyncRRpc', 'UnsubscribeTopic', 'ModifyOTAFirmware', 'UpdateOTAJob'])
const newerParameters: Record<string, readonly string[]> = {
  CreateProductTopic: ['Codec', 'Desc', 'EnableProxySubscribe'],
  UpdateProductTopic: ['Codec', 'Desc', 'EnableProxySubscribe'],
  SetDeviceProperty: ['Qos'],
  SetDevicesProperty: ['Qos'],
  InvokeThingService: ['Qos'],
  InvokeThingsService: ['Qos'],
  Pub: ['ContentType', 'MessageExpiryInterval', 'PayloadFormatIndicator', 'Retained', 'TopicAlias'],
  BatchPub: ['ContentType', 'CorrelationData', 'MessageExpiryInterval', 'PayloadFormatIndicator', 'ResponseTopicTemplateName', 'Retained', 'TopicTemplateName', 'UserProp'],
  RRpc: ['ContentType'],
  ListOTAUnfinishedTaskByDevice: ['TaskStatusList'],
}
/** Members of answers that are newer than the library. */
const newerMembers: ReadonlySet<string> = new Set([
  'BatchCheckDeviceNames →.Data.InvalidDetailList is not the cloud\'s',
  'BatchCheckDeviceNames →.Data.RepeatedDeviceNameList is not the cloud\'s',
  'BatchGetDeviceState →.DeviceStatusList.DeviceStatus[].Timestamp is not the cloud\'s',
  'QueryBatchRegisterDeviceStatus →.Data.InvalidDetailList is not the cloud\'s',
])
/** Accepted for every action. */
const everywhere: ReadonlySet<string> = new Set(['IotInstanceId', 'ResourceGroupId'])

/** The types of a model's members by their names on the wire. */
function membersOf(model: Model): Map<string, ModelType> {
  const types = model.types()
  return new Map(Object.entries(model.names()).map(([member, name]) => [name, types[member]!]))
}

function isModel(type: ModelType): type is Model {
  return typeof type === 'function'
}

function isList(type: ModelType): type is ListType {
  return typeof type === 'object' && 'type' in type && type.type === 'array'
}

function differencesOfParameters(path: string, parameters: Parameters, model: Model, allowed: readonly string[]): string[] {
  const members = membersOf(model)
  const missing = [...members.keys()].filter(name => !everywhere.has(name) && !(name in parameters)).map(name => `${path}.${name} is missing`)
  return missing.concat(Object.entries(parameters).flatMap(([name, { kind, fields = {} }]) => {
    const type = members.get(name)
    if (type === undefined)
      return allowed.includes(name) ? [] : [`${path}.${name} is not the cloud's`]
    if (isList(type)) {
      if (kind === 'objects' && isModel(type.itemType!))
        return differencesOfParameters(`${path}.${name}`, fields, type.itemType, [])
      return kind === 'texts' && type.itemType === 'string' ? [] : [`${path}.${name} is a list of ${String(type.itemType)}, not ${kind}`]
    }
    const fits = { text: 'string', json: 'string', integer: 'number', boolean: 'boolean' }[kind as string] === type
    return fits ? [] : [`${path}.${name} is ${String(type)}, not ${kind}`]
  }))
}

const typeNames = { s: 'string', i: 'number', l: 'number', b: 'boolean' }

function differencesOfAnswer(path: string, shape: AnswerShape, type: ModelType | undefined): string[] {
  if (type === undefined)
    return [`${path} is not the cloud's`]
  if (typeof shape === 'string')
    return typeNames[shape] === type ? [] : [`${path} is ${typeof type === 'string' ? type : 'an object'}, not ${typeNames[shape]}`]
  if (Array.isArray(shape)) {
    return isList(type)
      ? differencesOfAnswer(`${path}[]`, (shape as readonly [AnswerShape])[0], type.itemType)
      : [`${path} is no list`]
  }
  if (!isModel(type))
    return [`${path} is no object`]
  const members = membersOf(type)
  return Object.entries(shape).flatMap(([name, member]) => differencesOfAnswer(`${path}.${name}`, member as AnswerShape, members.get(name)))
}

function differences({ name, parameters, answer }: Pick<Action, 'name' | 'parameters' | 'answer'>): string[] {
  const request = library[`${name}Request`]
  // An action without parameters of its own may have no class for its request.
  return [
    ...request === undefined ? Object.keys(parameters).map(parameter => `${name}.${parameter} is not the cloud's`) : differencesOfParameters(name, parameters, request, newerParameters[name] ?? []),
    ...differencesOfAnswer(`${name} →`, answer, library[`${name}ResponseBody`]),
  ]
}

describe('the table of actions', () => {
  it('is compared with the cloud\'s own client library, name by name and type by type', () => {
    const wrong = action({ name: 'QueryProductList', group: 'product', about: '', parameters: { CurrentPage: text(''), Pages: integer('') }, answer: { Data: { Total: 's', List: [{ ProductName: 's' }] } }, run: () => Promise.resolve({}) })
    expect(differences(wrong)).toEqual(['QueryProductList.AliyunCommodityCode is missing', 'QueryProductList.PageSize is missing', 'QueryProductList.CurrentPage is number, not text', 'QueryProductList.Pages is not the cloud\'s', 'QueryProductList →.Data.Total is number, not string', 'QueryProductList →.Data.List is no list'])
  })

  it('has the parameters and answers of the cloud\'s own client library, name by name and type by type', () => {
    expect(actions.filter(({ isLocal, name }) => isLocal !== true && !newer.has(name)).flatMap(differences).filter(difference => !newerMembers.has(difference))).toEqual([])
  })

  it('has every action once, under a name that the cloud knows unless it is said to be local', () => {
    const names = actions.map(({ name }) => name)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
    expect(actions.filter(({ name, isLocal = false }) => cloudActions.has(name) === isLocal).map(({ name }) => name)).toEqual([])
  })

  it('knows the names of all actions of the cloud\'s own client library', () => {
    const inLibrary = Object.keys(library).flatMap(name => /^(\w+)ResponseBody$/.exec(name)?.[1] ?? [])
    expect(inLibrary.filter(name => !cloudActions.has(name))).toEqual([])
    expect([...cloudActions].filter(name => !inLibrary.includes(name) && !newer.has(name))).toEqual([])
  })
})
