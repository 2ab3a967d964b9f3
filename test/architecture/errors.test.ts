import type { Source } from './source.ts'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { errorCodes } from '../../src/shared/errors.ts'
import { projectSources, sourceOf, walk } from './source.ts'

const table = 'src/shared/errors.ts'
const codes = Object.keys(errorCodes)

/** Error codes that a file names as string literals; a row of the table itself does not count. */
function codesNamed(source: Source): Set<string> {
  const named = new Set<string>()
  walk(source, (node) => {
    if (!ts.isStringLiteralLike(node))
      return
    const isRow = source.path === table && ts.isPropertyAssignment(node.parent) && node.parent.name === node
    if (!isRow && codes.includes(node.text))
      named.add(node.text)
  })
  return named
}

/** Codes that none of these files names. */
function unnamed(wanted: string[], sources: Source[]): string[] {
  const named = new Set(sources.flatMap(source => [
    ...codesNamed(source),
  ]))
  return wanted.filter(code => !named.has(code))
}

const code = sourceOf('src/engine/a.ts', `throw new AppError('device/not-found', 'text')`)

describe('error codes', () => {
  it('nobody names are noticed', () => {
    const onlyInTable = sourceOf(table, `export const errorCodes = { 'device/exists': 'The product already has it.' }`)
    expect(unnamed(['device/not-found', 'device/exists'], [code, onlyInTable])).toEqual(['device/exists'])
  })

  it('are area/reason in kebab-case, and the table explains each in a sentence', () => {
    expect(codes.filter(name => !/^[a-z]+(?:-[a-z]+)*\/[a-z]+(?:-[a-z]+)*$/.test(name))).toEqual([])
    expect(Object.entries(errorCodes).filter(([, about]) => !/^[A-Z].{8,}\.$/.test(about)).map(([name]) => name)).toEqual([])
  })

  it('are all used: a code nothing fails with is taken out of the table', () => {
    expect(unnamed(codes, projectSources('src', 'electron'))).toEqual([])
  })

  it('are all tested: a test makes it happen and names it', () => {
    const tests = projectSources('test').filter(source => /^test\/(?:unit|contract|integration|e2e)\//.test(source.path))
    expect(unnamed(codes, tests)).toEqual([])
  })

  it('are not bypassed: engine and host fail with an AppError where a caller can see it', () => {
    const offences = projectSources('src/engine/platform').flatMap((source) => {
      const found: string[] = []
      walk(source, (node) => {
        if (ts.isThrowStatement(node) && ts.isNewExpression(node.expression) && node.expression.expression.getText(source.tree) === 'Error')
          found.push(source.path)
      })
      return found
    })
    expect(offences).toEqual([])
  })
})
