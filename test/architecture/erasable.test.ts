import type { Offence, Source } from './source.ts'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { importsOf, lineOf, listed, projectSources, sourceOf, walk } from './source.ts'

/** Syntax that types cannot simply be removed from; Node runs our sources as they are, without a build. */
function notErasable(node: ts.Node): string | undefined {
  if (ts.isEnumDeclaration(node))
    return 'an enum: use a const object or a union of strings'
  if (ts.isModuleDeclaration(node) && !isAmbient(node))
    return 'a namespace: use a module'
  if (ts.isParameter(node) && ts.isConstructorDeclaration(node.parent) && ts.isParameterPropertyDeclaration(node, node.parent))
    return 'a parameter property: declare the field and assign it'
  if (ts.isImportEqualsDeclaration(node) || (ts.isExportAssignment(node) && node.isExportEquals))
    return 'CommonJS import/export syntax: use import and export'
  if (ts.isTypeAssertionExpression(node))
    return 'an angle-bracket assertion: use `as`'
  if (ts.isDecorator(node))
    return 'a decorator: call a function'
  return undefined
}

function isAmbient(node: ts.ModuleDeclaration): boolean {
  return (node.flags & ts.NodeFlags.GlobalAugmentation) !== 0 || (node.modifiers?.some(modifier => modifier.kind === ts.SyntaxKind.DeclareKeyword) ?? false)
}

/** Node resolves what is written, so a relative import names the file it means; bundlers do too. */
const namesItsFile = /\.(?:m?ts|mjs|vue|json|css|svg)(?:\?\w+)?$/

function findUnrunnable(sources: Source[]): Offence[] {
  return sources.flatMap((source) => {
    const offences: Offence[] = []
    walk(source, (node) => {
      const what = notErasable(node)
      if (what !== undefined) {
        offences.push({
          path: source.path,
          line: lineOf(source, node),
          message: `has ${what}; Node runs this file by removing its types.`,
        })
      }
    })
    for (const { isPackage, isUrl, specifier, line } of importsOf(source)) {
      if (!isPackage && !isUrl && !namesItsFile.test(specifier))
        offences.push({ path: source.path, line, message: `imports '${specifier}': name the file with its extension, because Node looks for exactly that.` })
    }
    return offences
  })
}

describe('sources run without a build', () => {
  it('so syntax that cannot be erased is noticed', () => {
    const bad = [
      `export enum Colour { Red }`,
      `namespace A { export const b = 1 }`,
      `class A { constructor(private readonly b: number) {} }`,
      `import fs = require('node:fs')`,
      `const a = <number>b`,
      `import { x } from './x'`,
      `export { y } from './y.js'`,
    ].map((text, index) => sourceOf(`src/engine/bad-${index}.ts`, text))
    expect(findUnrunnable(bad).map(({ path }) => path)).toEqual(bad.map(({ path }) => path))
    expect(findUnrunnable([
      sourceOf('src/engine/good.ts', `declare global { interface A { b: 1 } }\nimport type { C } from './c.ts'`),
    ])).toEqual([])
  })

  it('and ours are erasable and name the files they import', () => {
    expect(listed(findUnrunnable(projectSources('src', 'electron', 'test')))).toEqual([])
  })
})
