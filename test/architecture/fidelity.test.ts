import type { Call, Proof } from '../fidelity/fidelity.ts'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { actions } from '../../src/engine/openapi/actions.ts'
import { callOfTopic, chapters } from '../fidelity/calls.ts'
import { callOfAction } from '../fidelity/openapi.ts'
import { fileOf } from '../fidelity/sheet.ts'
import { projectSources, sourceOf, walk } from './source.ts'

/** The function at the root of a call: `it` of `it('…')`, `it.each([…])('…')` and `it.skipIf(…)('…')`. */
function rootOf(expression: ts.Expression): string {
  return ts.isIdentifier(expression)
    ? expression.text
    : ts.isPropertyAccessExpression(expression) || ts.isCallExpression(expression) ? rootOf(expression.expression) : ''
}

/** The titles of the tests in a file. */
function titlesOf(source: ReturnType<typeof sourceOf>): Set<string> {
  const titles = new Set<string>()
  walk(source, (node) => {
    if (!ts.isCallExpression(node) || rootOf(node.expression) !== 'it')
      return
    const [title] = node.arguments
    if (title !== undefined && ts.isStringLiteralLike(title))
      titles.add(title.text)
  })
  return titles
}

const titles = new Map(projectSources('test').filter(({ path }) => path.endsWith('.test.ts')).map(source => [source.path, titlesOf(source)]))

/** Proofs whose file or test does not exist. */
function findMissing(proofs: readonly Proof[], known: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  return proofs.flatMap((proof) => {
    const [, ...wanted] = proof
    const there = known.get(fileOf(proof))
    return there === undefined ? [`${fileOf(proof)} does not exist`] : wanted.filter(title => !there.has(title)).map(title => `${fileOf(proof)} has no test "${title}"`)
  })
}

const calls: [name: string, call: Call][] = chapters.flatMap(({ rules, calls = {} }) => rules?.map((rule): [string, Call] => [rule.name, rule]) ?? Object.entries(calls))

describe('the fidelity sheet', () => {
  it('is checked against the tests that there are', () => {
    const known = new Map([['test/unit/a.test.ts', titlesOf(sourceOf('test/unit/a.test.ts', `describe('a', () => { it('works', run); it.each([1])('works with %i', run) })`))]])
    expect(findMissing([['unit/a', 'works', 'works with %i'], ['unit/a', 'fails'], ['unit/b', 'x']], known)).toEqual(['test/unit/a.test.ts has no test "fails"', 'test/unit/b.test.ts does not exist'])
  })

  it('names only tests that exist', () => {
    expect(findMissing(calls.flatMap(([, { proofs }]) => proofs), titles)).toEqual([])
  })

  it('names a test for everything that is there, and a difference for everything that is partial', () => {
    expect(calls.filter(([, { fidelity, proofs }]) => (fidelity !== 'absent') !== proofs.some(([, ...wanted]) => wanted.length > 0)).map(([name]) => name)).toEqual([])
    expect(calls.filter(([, { fidelity, differs }]) => fidelity === 'partial' && !differs.endsWith('.')).map(([name]) => name)).toEqual([])
    expect(calls.filter(([, { fidelity, differs }]) => fidelity === 'exact' && differs !== '').map(([name]) => name)).toEqual([])
  })

  it('has a line for every action of the cloud\'s API that is served, and for no other', () => {
    expect(Object.keys(callOfAction).sort()).toEqual(actions.map(({ name }) => name).sort())
  })

  it('has every kind of topic in one chapter', () => {
    const inChapters = chapters.flatMap(({ calls = {} }) => Object.keys(calls))
    expect(inChapters.sort()).toEqual(Object.keys(callOfTopic).sort())
  })
})
