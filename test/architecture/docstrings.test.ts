import type { Offence, Source } from './source.ts'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { lineOf, listed, projectSources, sourceOf } from './source.ts'

function isExported(node: ts.Node): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some(modifier => modifier.kind === ts.SyntaxKind.ExportKeyword) ?? false)
}

function isDocumented(node: ts.Node): boolean {
  return ts.getJSDocCommentsAndTags(node).some(doc => ts.isJSDoc(doc) && (ts.getTextOfJSDocComment(doc.comment) ?? '').trim() !== '')
}

/** Name of the exported function or class that a statement declares, also one written as `export const f = () => …`. */
function exportedName(statement: ts.Statement): string | undefined {
  if (!isExported(statement))
    return undefined
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
    return statement.name?.text
  if (ts.isVariableStatement(statement)) {
    const [declaration] = statement.declarationList.declarations
    if (declaration?.initializer && (ts.isArrowFunction(declaration.initializer) || ts.isFunctionExpression(declaration.initializer)))
      return declaration.name.getText()
  }
  return undefined
}

function findUndocumented(sources: Source[]): Offence[] {
  return sources.flatMap((source) => {
    // Overloads are documented once, at the first of them.
    const documented = new Set<string>()
    return source.tree.statements.flatMap((statement): Offence[] => {
      const name = exportedName(statement)
      if (name === undefined)
        return []
      if (isDocumented(statement))
        documented.add(name)
      if (documented.has(name))
        return []
      return [
        {
          path: source.path,
          line: lineOf(source, statement),
          message: `exports ${name} without a docstring: say what it takes and gives, in which units, and what makes it fail.`,
        },
      ]
    })
  })
}

describe('docstrings', () => {
  it('are missed where they are not', () => {
    const bad = sourceOf('src/shared/bad.ts', `// not a docstring\nexport function a() {}\n/** */\nexport class B {}\nexport const c = () => 1\n`)
    expect(findUndocumented([bad]).map(({ line }) => line)).toEqual([2, 4, 5])
    const good = sourceOf('src/shared/good.ts', `/** Says something. */\nexport function a(): void\nexport function a() {}\nfunction local() {}\nexport const limit = 3\n`)
    expect(findUndocumented([good])).toEqual([])
  })

  it('stand at every function and class that shared, engine and host export', () => {
    expect(listed(findUndocumented(projectSources('src/shared', 'src/engine', 'src/host')))).toEqual([])
  })
})
