import type { JsonObject } from '../json.ts'
import type { ValidationIssue } from './issue.ts'
import { AppError } from '../errors.ts'

/** Gives the issues back when they do not matter; otherwise throws AppError model/refused for them. */
export function refuseIssuesUnless(anyway: boolean, issues: ValidationIssue[]): ValidationIssue[] {
  const [first] = issues
  if (first && !anyway)
    throw new AppError('model/refused', `The thing model does not allow it: ${first.path || 'the message'} (code ${first.code}, ${first.rule}${first.expected === '' ? '' : `, expected ${first.expected}`}${first.got === '' ? '' : `, got ${first.got}`}). Nothing was sent.`, { platformCode: first.code, issues: issues as unknown as JsonObject[] })
  return issues
}
