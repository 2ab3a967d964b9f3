import type { DialogChoice, DialogModel } from './dialogs.ts'
import type { ElectronApi, ShellPage } from './electron-api.ts'
import type { SupervisorProblem } from './engine-supervisor.ts'
import type { ShellLocale } from './texts.ts'
import { findRunningEngine } from '../src/host/lock-file.ts'
import { openBrowser } from '../src/host/open-browser.ts'
import { requestPageUrl } from '../src/host/web/request-page-url.ts'
import { describeEngineProblem, describePageProblem, toMessageBox } from './dialogs.ts'

export interface ProblemDialogsOptions {
  electron: Pick<ElectronApi, 'app' | 'dialog' | 'shell'>
  workspaceDir: string
  /** The language of the moment. */
  locale: () => ShellLocale
}

/** Asks the user what to do about what cannot go on by itself. */
export interface ProblemDialogs {
  /** The engine does not run; ends with `retry` or with the app. */
  engine: (problem: SupervisorProblem, retry: () => void) => Promise<void>
  /** The page died too often. */
  page: (page: Pick<ShellPage, 'reload'>, reason: string) => Promise<void>
}

/** Joins the dialogs, which are plain data, with what their buttons do. */
export function createProblemDialogs({ electron, workspaceDir, locale }: ProblemDialogsOptions): ProblemDialogs {
  async function ask(model: DialogModel): Promise<DialogChoice> {
    const { options, choiceOf } = toMessageBox(model, locale())
    const { response } = await electron.dialog.showMessageBox(options)
    return choiceOf(response)
  }

  /** Opens the page of the engine that has the workspace, if it is still there. */
  async function openInBrowser(): Promise<void> {
    const running = await findRunningEngine(workspaceDir)
    const problem = running ? await openBrowser(await requestPageUrl({ url: running.console, secret: running.secret })) : undefined
    if (problem)
      electron.dialog.showErrorBox('Thingbench', problem)
  }

  return {
    async engine(problem, retry) {
      for (;;) {
        switch (await ask(describeEngineProblem(problem, locale()))) {
          case 'retry':
            return retry()
          case 'openLogs':
            await electron.shell.openPath(workspaceDir)
            break
          case 'openInBrowser':
            await openInBrowser()
            return electron.app.quit()
          default:
            return electron.app.quit()
        }
      }
    },
    async page(page, reason) {
      if (await ask(describePageProblem(reason, locale())) === 'reload')
        page.reload()
      else
        electron.app.quit()
    },
  }
}
