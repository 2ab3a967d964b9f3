import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import ts from 'typescript'

export const projectDir = dirname(dirname(import.meta.dirname))

/** One source file, parsed. `path` is relative to the project, with forward slashes. */
export interface Source { path: string, text: string, tree: ts.SourceFile }

export interface Import {
  line: number
  /** A path inside the project (`src/shared/json.ts`) or a package with its sub-path (`node:fs`, `echarts/core`). */
  target: string
  /** As it is written in the source. */
  specifier: string
  isPackage: boolean
  /** Gone after the types are stripped, so it cannot pull code in. */
  typeOnly: boolean
  /** Named by `new URL(…, import.meta.url)`: the entry of a worker or process, or a folder. */
  isUrl: boolean
}

/** One place that breaks a rule; the message says why it is one and what to do instead. */
export interface Offence { path: string, line: number, message: string }

/** Keeps the lines of the script blocks of a Vue file where they are and blanks out the rest. */
function scriptOfVue(text: string): string {
  const blocks = [
    ...text.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g),
  ]
  let script = ''
  let at = 0
  for (const block of blocks) {
    const start = block.index + block[0].indexOf('>') + 1
    const end = start + (block[1]?.length ?? 0)
    script += text.slice(at, start).replace(/[^\n]/g, ' ') + text.slice(start, end)
    at = end
  }
  return script
}

/** Parses one file; tests use it for their small bad examples. */
export function sourceOf(path: string, text: string): Source {
  const script = path.endsWith('.vue')
    ? scriptOfVue(text)
    : text
  return {
    path,
    text,
    tree: ts.createSourceFile(path, script, ts.ScriptTarget.ES2024, true, path.endsWith('.tsx')
      ? ts.ScriptKind.TSX
      : ts.ScriptKind.TS),
  }
}

/** Every file that git knows or would take up, relative to the project. */
export function projectFiles(): string[] {
  const listed = execFileSync('git', [
    'ls-files',
    '-z',
    '--cached',
    '--others',
    '--exclude-standard',
  ], { cwd: projectDir, encoding: 'utf8' })
  return listed.split('\0').filter(path => path !== '').sort()
}

export function readProjectFile(path: string): string | undefined {
  try {
    return readFileSync(join(projectDir, path), 'utf8')
  }
  catch {
    // Deleted in the working folder, still in the index.
    return undefined
  }
}

const parsed = new Map<string, Source[]>()

/** All TypeScript and Vue files below these folders (`src`, `electron`, `src/shared` …), parsed once. */
export function projectSources(...folders: string[]): Source[] {
  const key = folders.join(' ')
  const known = parsed.get(key)
  if (known)
    return known
  const sources = projectFiles()
    .filter(path => /\.(?:ts|mts|vue)$/.test(path) && !path.endsWith('.d.ts') && folders.some(folder => path.startsWith(`${folder}/`)))
    .flatMap((path) => {
      const text = readProjectFile(path)
      return text === undefined
        ? []
        : [
            sourceOf(path, text),
          ]
    })
  parsed.set(key, sources)
  return sources
}

export function lineOf(source: Source, node: ts.Node): number {
  return source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree)).line + 1
}

/** Calls `visit` for every node of the file, parents first. */
export function walk(source: Source, visit: (node: ts.Node) => void): void {
  const step = (node: ts.Node): void => {
    visit(node)
    ts.forEachChild(node, step)
  }
  step(source.tree)
}

function importOf(source: Source, node: ts.Node, specifier: string, typeOnly: boolean): Import {
  const path = specifier.replace(/\?.*$/, '')
  const isPackage = !path.startsWith('.')
  const target = isPackage
    ? path
    : posix.normalize(posix.join(posix.dirname(source.path), path))
  return {
    line: lineOf(source, node),
    target,
    specifier,
    isPackage,
    typeOnly,
    isUrl: ts.isNewExpression(node),
  }
}

/** True when an import or export clause names types only, in one of the two ways to write it. */
function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node))
    return node.isTypeOnly
  const clause = node.importClause
  if (!clause)
    return false
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword)
    return true
  const named = clause.namedBindings
  return clause.name === undefined && named !== undefined && ts.isNamedImports(named)
    && named.elements.length > 0 && named.elements.every(element => element.isTypeOnly)
}

/**
 * Everything a file reaches for: imports, re-exports, `import()`, `import('…').Type`, `require()` and the
 * `new URL('./worker.ts', import.meta.url)` by which workers and processes are named.
 */
export function importsOf(source: Source): Import[] {
  const imports: Import[] = []
  walk(source, (node) => {
    const add = (specifier: ts.Node | undefined, typeOnly: boolean) => {
      if (specifier && ts.isStringLiteralLike(specifier))
        imports.push(importOf(source, node, specifier.text, typeOnly))
    }
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, isTypeOnly(node))
    }
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, true)
    }
    else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
      add(node.moduleReference.expression, false)
    }
    else if (ts.isCallExpression(node)) {
      const callee = node.expression
      if (callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require'))
        add(node.arguments[0], false)
    }
    else if (ts.isNewExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'URL') {
      const [first, second] = node.arguments ?? []
      if (first && ts.isStringLiteralLike(first) && first.text.startsWith('.') && second?.getText(source.tree) === 'import.meta.url')
        add(first, false)
    }
  })
  return imports
}

/** The package an import names: `echarts/core` is `echarts`, `@vueuse/core` stays, `node:fs/promises` is `node:fs`. */
export function packageOf(specifier: string): string {
  const [first = '', second = ''] = specifier.split('/')
  return first.startsWith('@')
    ? `${first}/${second}`
    : first
}

/** Offences as the lines an editor can jump to; an empty list is what every rule wants to see. */
export function listed(offences: Offence[]): string[] {
  return offences.map(({ path, line, message }) => `${path}:${line} ${message}`)
}
