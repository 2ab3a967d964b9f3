import type { ScenarioProblem } from '../../../shared/scenario/read-scenario.ts'

/** The word that a problem suggests, and the last column of what it stands for; undefined where it suggests none, or not for a place of its own. */
export function quickFix({ path, message, line, column, endLine, endColumn }: ScenarioProblem): { word: string, endLine: number, endColumn: number } | undefined {
  const word = /did you mean "([^"]+)"\?/.exec(message)?.[1]
  // An action as a whole has no one word that is wrong.
  if (word === undefined || /^timeline\[\d+\]$/.test(path))
    return undefined
  if (!path.startsWith('expect['))
    return { word, endLine, endColumn }
  // Within the text of an expectation, the place is where the wrong word begins.
  const got = /got "([^"]+)"/.exec(message)?.[1]
  return got === undefined ? undefined : { word, endLine: line, endColumn: column + got.length }
}
