import type { ErrorValue } from '../../../../shared/errors.ts'
import type { BatchField } from './batch-draft.ts'

/** What is wrong with which field, in words; `other` belongs to none that is on screen. */
export type FieldErrors = Partial<Record<BatchField, string>> & { other: ErrorValue | null, count: number }

const scopeCodes: readonly string[] = ['group/not-found', 'ota/names-not-found']

/** Puts what the engine refuses to the field that it is about. */
export function fieldErrors(error: ErrorValue | null): FieldErrors {
  if (error === null)
    return { other: null, count: 0 }
  if (error.code === 'ota/batch-refused' && typeof error.details.field === 'string' && error.details.field !== 'packageId')
    return { [error.details.field]: error.message, other: null, count: 1 }
  if (scopeCodes.includes(error.code))
    return { scope: error.message, other: null, count: 1 }
  const issues = error.code === 'input/invalid' && Array.isArray(error.details.issues) ? error.details.issues as { path?: unknown, expected?: unknown }[] : []
  const found = issues.map(({ path, expected }) => [String(path).split(/[.[]/)[0] ?? '', String(expected)] as const).filter(([field]) => field !== '')
  if (found.length === 0)
    return { other: error, count: 1 }
  return { ...Object.fromEntries(found.map(([field, expected]) => [field, `${expected[0]?.toUpperCase()}${expected.slice(1)}`])), other: null, count: found.length }
}
