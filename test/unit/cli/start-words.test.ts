import { describe, expect, it } from 'vitest'
import { parseStartWords } from '../../../src/cli/start-words.ts'

describe('the words of npm start', () => {
  it('ask for the desktop where there is one by default', () => {
    expect(parseStartWords([])).toEqual({ host: 'auto', isDevelopment: false, rest: [] })
  })

  it('choose a host, the last one counting, and pass everything else on', () => {
    expect(parseStartWords(['--web', '--workspace', 'x', '--no-open'])).toEqual({ host: 'web', isDevelopment: false, rest: ['--workspace', 'x', '--no-open'] })
    expect(parseStartWords(['--web', '--dev', '--desktop'])).toEqual({ host: 'desktop', isDevelopment: true, rest: [] })
  })
})
