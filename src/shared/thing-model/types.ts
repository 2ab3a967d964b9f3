import type { JsonObject } from '../json.ts'

/**
 * One document of a thing model (TSL), as the cloud's console exports it, without the members the cloud derives by
 * itself (the event `post`, the services `set` and `get`, every `method`). The default module and each custom module
 * of a product are documents of their own. The value survives JSON unchanged.
 */
export interface ThingModel {
  profile: ModelProfile
  properties: Property[]
  events: ThingEvent[]
  services: ThingService[]
  /** Only in the document of a custom module: the prefix of its names on the wire (`{functionBlockId}:{identifier}`). */
  functionBlockId?: string
  functionBlockName?: string
  /** Only in the document of the default module: the custom modules of the product. */
  functionBlocks?: FunctionBlock[]
  /** Keys of the file that Thingbench has no use for; written back on export. */
  extra?: JsonObject
}

export interface ModelProfile {
  productKey?: string
  version?: string
  extra?: JsonObject
}

export interface FunctionBlock { functionBlockId: string, functionBlockName: string, productKey?: string }

/** Something with a name and a type: an input or output parameter, a struct member; a property is one too. */
export interface Parameter {
  identifier: string
  name: string
  desc?: string
  dataType: DataType
  extra?: JsonObject
}

export type AccessMode = 'r' | 'rw' | 'w'

export interface Property extends Parameter {
  accessMode: AccessMode
  /** Required by the standard category of the product; it does not make a report incomplete. */
  required: boolean
}

export interface ThingEvent {
  identifier: string
  name: string
  desc?: string
  type: 'info' | 'alert' | 'error'
  required: boolean
  outputData: Parameter[]
  extra?: JsonObject
}

export interface ThingService {
  identifier: string
  name: string
  desc?: string
  callType: 'async' | 'sync'
  required: boolean
  inputData: Parameter[]
  outputData: Parameter[]
  extra?: JsonObject
}

/** `int32` in a file is read as `int`; the cloud treats both alike. */
export type DataType
  = | NumberType
    | LongType
    | BoolType
    | EnumType
    | TextType
    | DateType
    | StructType
    | ArrayType

export type DataTypeName = DataType['type']

/** Numbers without a bound are held only to what the type itself can carry (32-bit integer, 32-bit or 64-bit float). */
export interface NumberType {
  type: 'int' | 'float' | 'double'
  min?: number
  max?: number
  /** Shown and used by simulated devices; the cloud does not check it. */
  step?: number
  unit?: string
  unitName?: string
  extra?: JsonObject
}

/** 64-bit integer of some industrial models; the bounds are decimal text because they exceed a JavaScript number. */
export interface LongType {
  type: 'long'
  min?: string
  max?: string
  unit?: string
  unitName?: string
  extra?: JsonObject
}

/** 0 or 1 on the wire, never true or false. */
export interface BoolType {
  type: 'bool'
  /** Names of the two values. */
  labels: { 0: string, 1: string }
}

export interface EnumType {
  type: 'enum'
  /** In growing order of value; empty when the file does not tell them, then any 32-bit integer is accepted. */
  items: EnumItem[]
}

export interface EnumItem { value: number, name: string }

export interface TextType {
  type: 'text'
  /** Longest text in bytes of UTF-8. */
  length?: number
  extra?: JsonObject
}

/** Epoch milliseconds as decimal text on the wire, e.g. `"1735689600000"`. */
export interface DateType { type: 'date' }

/** An object whose members are plain values: a struct holds neither structs nor arrays. */
export interface StructType {
  type: 'struct'
  members: Parameter[]
}

export interface ArrayType {
  type: 'array'
  /** Most elements. */
  size?: number
  /** int, float, double, text or struct. */
  item: DataType
}
