import type { Extension } from '@codemirror/state'
import { EditorState } from '@codemirror/state'
import { hoverTooltip } from '@codemirror/view'

/** A word that may be written at a place. */
export interface CodeSuggestion {
  label: string
  /** What is put in, where that is more than the word. */
  insert?: string | undefined
  /** A line about it. */
  about?: string | undefined
}

/** What is known of a text beside how it is written. Lines count from 0 here, as columns do. */
export interface CodeHelp {
  /** What may be written at a place, and from which column of its line on. */
  suggest: (lines: readonly string[], line: number, column: number) => { from: number, words: readonly CodeSuggestion[] } | null
  /** What stands at a place, in words. */
  explain: (lines: readonly string[], line: number, column: number) => { from: number, to: number, text: string } | null
}

interface CompletionContext { state: EditorState, pos: number, explicit: boolean }

/** Offers words while typing, and words about what the pointer rests on. */
export function codeHelp(help: () => CodeHelp | undefined): Extension {
  const complete = ({ state, pos, explicit }: CompletionContext): object | null => {
    const line = state.doc.lineAt(pos)
    const found = help()?.suggest(linesOf(state), line.number - 1, pos - line.from)
    if (!found || found.words.length === 0 || (!explicit && found.from === pos - line.from))
      return null
    return {
      from: line.from + found.from,
      options: found.words.map(({ label, insert, about }) => ({ label, ...insert !== undefined && { apply: insert }, ...about !== undefined && { info: about } })),
      validFor: /^[\w-]*$/,
    }
  }
  return [
    EditorState.languageData.of(() => [{ autocomplete: complete }]),
    hoverTooltip((view, pos) => {
      const line = view.state.doc.lineAt(pos)
      const found = help()?.explain(linesOf(view.state), line.number - 1, pos - line.from)
      return found
        ? {
            pos: line.from + found.from,
            end: line.from + found.to,
            create: () => {
              const dom = document.createElement('div')
              dom.textContent = found.text
              return { dom }
            },
          }
        : null
    }),
  ]
}

function linesOf({ doc }: EditorState): string[] {
  return doc.toString().split('\n')
}
