import type { Findings } from './findings.ts'
import type { ArrayType, DataType, Parameter, StructType } from './types.ts'
import { isJsonObject } from '../json.ts'
import { describeGot, readObject, unknownMembers } from './findings.ts'
import { featureLimits } from './limits.ts'
import { isReserved, parseNaming } from './parse-naming.ts'
import { parseBoolType, parseEnumType, parseLongType, parseNumberType, parseTextType, readCount } from './parse-plain-type.ts'

/** Where a data type stands, which decides what it may be: structs and arrays do not nest freely (Alink 4.4). */
export type TypePlace = 'feature' | 'struct member' | 'array item'

const typeNames = 'int, float, double, long, bool, enum, text, date, struct or array'
const itemTypes: readonly unknown[] = ['int', 'float', 'double', 'text', 'struct']

/**
 * Reads a `dataType` object, `{type, specs}`. Numbers in specs come as text in the cloud's files and are taken as
 * numbers too. Missing specs are accepted, as reduced models leave them out; wrong ones are issues.
 */
export function parseDataType(findings: Findings, path: string, source: unknown, place: TypePlace): DataType | undefined {
  const object = readObject(findings, path, source, 'an object with "type" and "specs"', place === 'array item' ? 6329 : 6316)
  if (object === undefined)
    return undefined
  const type = object.type === 'int32' ? 'int' : object.type
  if (place === 'struct member' && (type === 'struct' || type === 'array')) {
    findings.refuse(`${path}.type`, 'a plain type: a struct holds neither structs nor arrays', describeGot(type), 6317)
    return undefined
  }
  if (place === 'array item' && !itemTypes.includes(type)) {
    findings.refuse(`${path}.type`, 'int, float, double, text or struct', describeGot(type), 6325)
    return undefined
  }
  const specsPath = `${path}.specs`
  switch (type) {
    case 'int':
    case 'float':
    case 'double':
      return parseNumberType(findings, specsPath, type, object.specs)
    case 'long':
      return parseLongType(findings, specsPath, object.specs)
    case 'bool':
      return parseBoolType(findings, specsPath, object.specs)
    case 'enum':
      return parseEnumType(findings, specsPath, object.specs)
    case 'text':
      return parseTextType(findings, specsPath, object.specs)
    case 'date':
      return { type: 'date' }
    case 'struct':
      return parseStructType(findings, specsPath, object.specs)
    case 'array':
      return parseArrayType(findings, specsPath, object.specs)
    default:
      findings.refuse(`${path}.type`, typeNames, describeGot(type), 6314)
      return undefined
  }
}

function parseStructType(findings: Findings, path: string, source: unknown): StructType | undefined {
  if (!Array.isArray(source) || source.length === 0) {
    findings.refuse(path, 'a list of struct members, each with "identifier", "name" and "dataType"', describeGot(source), 6317)
    return undefined
  }
  if (source.length > featureLimits.structMembersMax)
    findings.exceed(path, `at most ${featureLimits.structMembersMax} struct members`, `${source.length} members`)
  const members = parseParameters(findings, path, source, 'struct member')
  return { type: 'struct', members }
}

function parseArrayType(findings: Findings, path: string, source: unknown): ArrayType | undefined {
  if (!isJsonObject(source)) {
    findings.refuse(path, 'an object with "size" and "item"', describeGot(source), 6329)
    return undefined
  }
  const size = readCount(findings, `${path}.size`, source.size, 6329)
  if (size !== undefined && size > featureLimits.arraySizeMax)
    findings.exceed(`${path}.size`, `at most ${featureLimits.arraySizeMax} elements`, describeGot(source.size))
  const item = parseDataType(findings, `${path}.item`, source.item, 'array item')
  return item && { type: 'array', ...(size !== undefined && { size }), item }
}

/** Reads a list of parameters or struct members; duplicate identifiers are issues. */
export function parseParameters(findings: Findings, path: string, sources: readonly unknown[], place: TypePlace): Parameter[] {
  const parameters: Parameter[] = []
  const seen = new Map<string, string>()
  sources.forEach((source, index) => {
    const parameter = parseParameter(findings, `${path}[${index}]`, source, seen, place)
    if (parameter !== undefined)
      parameters.push(parameter)
  })
  return parameters
}

function parseParameter(findings: Findings, path: string, source: unknown, seen: Map<string, string>, place: TypePlace): Parameter | undefined {
  const object = readObject(findings, path, source, 'an object with "identifier", "name" and "dataType"')
  if (object === undefined)
    return undefined
  const naming = parseNaming(findings, path, object, seen)
  // Only features are refused for a reserved name: whether the cloud refuses parameters too is not known.
  if (naming !== undefined && isReserved(naming.identifier))
    findings.note(`${path}.identifier: ${JSON.stringify(naming.identifier)} is a reserved word of the platform.`)
  const dataType = parseDataType(findings, `${path}.dataType`, object.dataType, place)
  const extra = unknownMembers(object, ['identifier', 'name', 'desc', 'dataType'])
  return naming && dataType && { ...naming, dataType, ...(extra && { extra }) }
}
