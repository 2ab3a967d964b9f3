import { describe, expect, it } from 'vitest'
import { describeEngineProblem, describePageProblem, toMessageBox } from '../../../electron/dialogs.ts'
import { toShellLocale } from '../../../electron/texts.ts'

const locked = { kind: 'refused', error: { code: 'workspace/locked', message: 'Another engine, process 7 at http://127.0.0.1:9/, has it.', details: { address: 'http://127.0.0.1:9/' } } } as const

describe('the shell\'s dialogs', () => {
  it('offer the browser when another engine has the workspace', () => {
    expect(describeEngineProblem(locked, 'en')).toEqual({ message: 'This workspace is already open.', detail: locked.error.message, choices: ['openInBrowser', 'retry', 'quit'] })
  })

  it('do not offer it when that engine has no address', () => {
    expect(describeEngineProblem({ kind: 'refused', error: { ...locked.error, details: { address: null } } }, 'en').choices).toEqual(['retry', 'quit'])
  })

  it('repeat the engine\'s own sentence when it cannot start', () => {
    expect(describeEngineProblem({ kind: 'refused', error: { code: 'store/unwritable', message: 'The workspace folder /x cannot be written: permission denied.', details: {} } }, 'en')).toEqual({
      message: 'Thingbench cannot open its workspace.',
      detail: 'The workspace folder /x cannot be written: permission denied.',
      choices: ['retry', 'openLogs', 'quit'],
    })
  })

  it('say how often the engine died', () => {
    expect(describeEngineProblem({ kind: 'crashes', count: 6, withinMs: 300_000, code: 139 }, 'en').detail).toBe('It ended 6 times within 5 minutes, last with code 139. Nothing that was acknowledged is lost. The log says more.')
    expect(describeEngineProblem({ kind: 'crashes', count: 6, withinMs: 300_000, code: 139 }, 'zh').detail).toContain('5 分钟内停止了 6 次')
  })

  it('mean the last button when they are closed, and quit', () => {
    const { options, choiceOf } = toMessageBox(describePageProblem('crashed', 'zh'), 'zh')
    expect(options).toMatchObject({ message: '界面已停止工作。', buttons: ['重新加载', '退出'], defaultId: 0, cancelId: 1 })
    expect([0, 1, 7, -1].map(choiceOf)).toEqual(['reload', 'quit', 'quit', 'quit'])
  })

  it('speak Chinese for every kind of Chinese and English for the rest', () => {
    expect(['zh', 'zh-CN', 'zh-Hant-TW', 'ZH-cn'].map(toShellLocale)).toEqual(['zh', 'zh', 'zh', 'zh'])
    expect(['en-GB', 'de', 'zhx', '', undefined, 7].map(toShellLocale)).toEqual(Array.from({ length: 6 }).fill('en'))
  })
})
