import { readFileSync } from 'node:fs'

/** Of the package; both the sources and the built bundle lie two folders below package.json. */
export const version: string = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
