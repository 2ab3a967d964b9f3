import type { SpawnFleetProcess } from '../engine/fleet/messages.ts'
import { fileURLToPath } from 'node:url'
import { forkFleetProcess } from '../engine/fork-fleet-process.ts'

// The sources and the built bundle, its chunks too, lie two folders below the package's own.
function inPackage(file: string): string {
  return fileURLToPath(new URL(`../../${file}`, import.meta.url))
}

/** The product's own samples. */
export const resourcesDir: string = inPackage('resources')
/** Where the build puts the page. */
export const rendererDir: string = inPackage('out/renderer')
/** Starts a fleet process: from the sources with the engine's own entry, in a bundle with the file built from it. */
export const spawnFleet: SpawnFleetProcess = () => import.meta.url.endsWith('.ts')
  ? forkFleetProcess()
  : forkFleetProcess(inPackage('out/main/fleet-process.js'))
