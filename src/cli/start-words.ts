/** What `npm start` is asked for. */
export interface StartWish {
  /** `auto`: the desktop shell where Electron is installed, otherwise the browser. */
  host: 'auto' | 'web' | 'desktop'
  /** Serve the page from its sources, reloading it as they change. */
  isDevelopment: boolean
  /** Everything else, for `thingbench serve` or the shell, which check it themselves. */
  rest: string[]
}

/** Reads `--web`, `--desktop` and `--dev`; of the first two the last one counts. */
export function parseStartWords(words: readonly string[]): StartWish {
  const host = words.findLast(word => word === '--web' || word === '--desktop')
  return {
    host: host === '--web' ? 'web' : host === '--desktop' ? 'desktop' : 'auto',
    isDevelopment: words.includes('--dev'),
    rest: words.filter(word => !['--web', '--desktop', '--dev'].includes(word)),
  }
}
