import type { SupervisorProblem } from './engine-supervisor.ts'
import type { ShellLocale } from './texts.ts'
import { shellTexts } from './texts.ts'

export type DialogChoice = 'retry' | 'reload' | 'openLogs' | 'openInBrowser' | 'quit'

/** A question to the user as plain data; the first choice is the default one, the last is what closing the dialog means. */
export interface DialogModel { message: string, detail: string, choices: DialogChoice[] }

/** What the user is asked when the engine does not run and will not by itself. */
export function describeEngineProblem(problem: SupervisorProblem, locale: ShellLocale): DialogModel {
  const t = shellTexts[locale].problem
  if (problem.kind === 'crashes')
    return { message: t.crashes, detail: t.crashesDetail(problem.count, problem.withinMs / 60_000, problem.code), choices: ['retry', 'openLogs', 'quit'] }
  const { code, message, details } = problem.error
  if (code === 'workspace/locked')
    return { message: t.locked, detail: message, choices: [...(typeof details.address === 'string' ? ['openInBrowser' as const] : []), 'retry', 'quit'] }
  return { message: t.cannotStart, detail: message, choices: ['retry', 'openLogs', 'quit'] }
}

/** What the user is asked when a page dies again and again. */
export function describePageProblem(reason: string, locale: ShellLocale): DialogModel {
  const t = shellTexts[locale].problem
  return { message: t.pageDied, detail: t.pageDiedDetail(reason), choices: ['reload', 'quit'] }
}

/** A dialog in the form that Electron shows it, and the choice behind the number that it answers. */
export function toMessageBox({ message, detail, choices }: DialogModel, locale: ShellLocale): { options: { type: 'error', title: string, message: string, detail: string, buttons: string[], defaultId: number, cancelId: number, noLink: boolean }, choiceOf: (response: number) => DialogChoice } {
  const last = choices.length - 1
  return {
    options: {
      type: 'error',
      title: 'Thingbench',
      message,
      detail,
      buttons: choices.map(choice => shellTexts[locale].button[choice]),
      defaultId: 0,
      cancelId: last,
      noLink: true,
    },
    choiceOf: response => choices[response] ?? choices[last]!,
  }
}
