import type { Extension } from '@codemirror/state'
import type { DecorationSet, ViewUpdate } from '@codemirror/view'
import { javascriptLanguage } from '@codemirror/lang-javascript'
import { jsonLanguage } from '@codemirror/lang-json'
import { yamlLanguage } from '@codemirror/lang-yaml'
import { Decoration, EditorView, ViewPlugin } from '@codemirror/view'

export type CodeLanguage = 'javascript' | 'json' | 'yaml'

/** Kinds of words that have a colour of their own; everything else is plain text. */
export type TokenKind = 'keyword' | 'string' | 'number' | 'comment' | 'name'

const kinds: Readonly<Record<string, TokenKind>> = {
  String: 'string',
  TemplateString: 'string',
  RegExp: 'string',
  Number: 'number',
  BooleanLiteral: 'number',
  True: 'number',
  False: 'number',
  Null: 'number',
  null: 'number',
  LineComment: 'comment',
  BlockComment: 'comment',
  VariableDefinition: 'name',
  PropertyDefinition: 'name',
}

/** In YAML, a key's text is a node within the node of the key. */
const yamlKinds: Readonly<Record<string, TokenKind>> = {
  Key: 'name',
  QuotedLiteral: 'string',
  BlockLiteralContent: 'string',
  BlockLiteralHeader: 'keyword',
  Anchor: 'keyword',
  Alias: 'keyword',
  Tag: 'keyword',
  Comment: 'comment',
}

/** The kind of a node of the syntax tree by its name; keywords are nodes that are named by themselves. */
export function tokenKindOf(nodeName: string, language: CodeLanguage): TokenKind | undefined {
  if (language === 'yaml')
    return Object.hasOwn(yamlKinds, nodeName) ? yamlKinds[nodeName] : undefined
  if (Object.hasOwn(kinds, nodeName))
    return kinds[nodeName]
  if (language === 'json')
    return nodeName === 'PropertyName' ? 'name' : undefined
  return /^[a-z]+$/.test(nodeName) ? 'keyword' : undefined
}

const marks = Object.fromEntries((['keyword', 'string', 'number', 'comment', 'name'] satisfies TokenKind[]).map(kind => [kind, Decoration.mark({ class: `code-${kind}` })])) as Record<TokenKind, Decoration>

/** Colours words by classes, so that the theme's own tokens say how, in light and dark. */
export function highlight(language: CodeLanguage): Extension {
  const { parser } = { javascript: javascriptLanguage, json: jsonLanguage, yaml: yamlLanguage }[language]
  const parse = (view: EditorView): ReturnType<typeof parser.parse> => parser.parse(view.state.doc.toString())
  const visibleMarks = (view: EditorView, tree: ReturnType<typeof parse>): DecorationSet => Decoration.set(view.visibleRanges.flatMap(({ from, to }) => {
    const found: ReturnType<Decoration['range']>[] = []
    tree.iterate({ from, to, enter: (node) => {
      const kind = node.to > node.from ? tokenKindOf(node.name, language) : undefined
      if (kind !== undefined)
        found.push(marks[kind].range(node.from, node.to))
      // A quoted key is a key.
      return node.name !== 'Key'
    } })
    return found
  }), true)
  return ViewPlugin.define((view) => {
    let tree = parse(view)
    return {
      decorations: visibleMarks(view, tree),
      update(this: { decorations: DecorationSet }, update: ViewUpdate) {
        if (update.docChanged)
          tree = parse(update.view)
        if (update.docChanged || update.viewportChanged)
          this.decorations = visibleMarks(update.view, tree)
      },
    }
  }, { decorations: plugin => plugin.decorations })
}

/** The look of the editor from the page's own colours; the widget's built-in ones are taken back. */
export const codeTheme = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--surface)', color: 'var(--text)', fontSize: '12px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '18px', fontVariantLigatures: 'none' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-line span': { color: 'inherit', fontWeight: 'inherit', textDecoration: 'inherit' },
  '.cm-line .code-keyword': { color: 'var(--down)' },
  '.cm-line .code-string': { color: 'var(--online)' },
  '.cm-line .code-number': { color: 'var(--warning)' },
  '.cm-line .code-comment': { color: 'var(--text-faint)' },
  '.cm-line .code-name': { color: 'var(--accent)' },
  '.cm-gutters': { backgroundColor: 'var(--bg)', color: 'var(--text-faint)', borderRight: '1px solid var(--line)' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--hover) 60%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--hover)', color: 'var(--text-soft)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--selected)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--accent-soft)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--accent-soft)', outline: '1px solid var(--line-strong)' },
  '.cm-panels, .cm-tooltip': { backgroundColor: 'var(--surface-raised)', color: 'var(--text)', border: '1px solid var(--line-strong)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--selected)', color: 'var(--text)' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--refused)' },
  '.cm-diagnosticAction': { backgroundColor: 'var(--accent)', color: 'var(--accent-text)', borderRadius: '3px', padding: '1px 8px' },
  '.cm-tooltip-hover': { maxWidth: '46ch', padding: '4px 8px', fontSize: '12px', borderRadius: '4px' },
  '.cm-tooltip .cm-tooltip-lint': { margin: '-4px -8px' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--hover)', border: '1px solid var(--line)', color: 'var(--text-soft)' },
})
