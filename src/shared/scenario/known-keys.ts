import type { Path } from './place.ts'
import { z } from 'zod'

/** The schemas of which one describes what stands at a path: several where there are alternatives. */
export function schemasAt(root: z.ZodType, path: Path, raw: unknown): z.ZodType[] {
  let schemas = unwrap(root)
  let value = raw
  for (const step of path) {
    schemas = narrow(schemas, value).flatMap(schema => unwrapAll(childOf(schema, step)))
    value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined
  }
  return narrow(schemas, value)
}

/** The keys that an object at a path may have, in the order of the schema. */
export function knownKeysAt(root: z.ZodType, path: Path, raw: unknown): string[] {
  return [...new Set(schemasAt(root, path, raw).flatMap(schema => schema instanceof z.ZodObject ? Object.keys(schema.shape) : []))]
}

function childOf(schema: z.ZodType, step: PropertyKey): z.ZodType[] {
  if (schema instanceof z.ZodObject) {
    const { shape } = schema
    return Object.hasOwn(shape, step) ? [shape[String(step)] as z.ZodType] : []
  }
  if (schema instanceof z.ZodRecord)
    return [schema.valueType as z.ZodType]
  return schema instanceof z.ZodArray ? [schema.element as z.ZodType] : []
}

/** Of alternatives that name themselves by a literal member (`kind`), the one that is meant, if it is clear. */
function narrow(schemas: z.ZodType[], value: unknown): z.ZodType[] {
  if (schemas.length < 2 || typeof value !== 'object' || value === null)
    return schemas
  const meant = schemas.filter(schema => schema instanceof z.ZodObject && Object.entries(schema.shape).some(([key, member]) => member instanceof z.ZodLiteral && member.values.has((value as Record<string, unknown>)[key] as never)))
  return meant.length > 0 ? meant : schemas
}

function unwrapAll(schemas: z.ZodType[]): z.ZodType[] {
  return schemas.flatMap(unwrap)
}

/** What a schema is behind its default, its being optional and the like. */
function unwrap(schema: z.ZodType): z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable || schema instanceof z.ZodReadonly)
    return unwrap(schema.unwrap() as z.ZodType)
  if (schema instanceof z.ZodPipe)
    return unwrap(schema.in as z.ZodType)
  return schema instanceof z.ZodUnion ? schema.options.flatMap(option => unwrap(option as z.ZodType)) : [schema]
}
