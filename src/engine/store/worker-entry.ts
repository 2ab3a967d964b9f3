import { existsSync } from 'node:fs'

/**
 * Where the code of a store worker is: beside this file when the engine runs from source, and otherwise the bundle
 * `store-writer.js` or `store-reader.js`, which the build puts beside the chunk this code ended up in or, when that
 * is a shared chunk, one folder above it. `from` is the URL of this module.
 */
export function workerEntry(worker: 'writer' | 'reader', from: string = import.meta.url): URL {
  if (new URL(from).pathname.endsWith('.ts'))
    return new URL(`./${worker}-worker.ts`, from)
  const beside = new URL(`./store-${worker}.js`, from)
  return existsSync(beside) ? beside : new URL(`../store-${worker}.js`, from)
}
