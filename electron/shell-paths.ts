import path from 'node:path'

/** Where the built parts of the product are. */
export interface ShellPaths {
  engineEntry: string
  fleetEntry: string
  preload: string
  rendererDir: string
  /** The product's samples: beside the sources, and real files beside the archive in a package. */
  samplesDir: string
}

/** Finds the parts from the folder of the built main file; `packagedResourcesDir` is Electron's `process.resourcesPath` in a package, else undefined. */
export function findShellPaths(mainDir: string, packagedResourcesDir: string | undefined): ShellPaths {
  const outDir = path.dirname(mainDir)
  return {
    engineEntry: path.join(mainDir, 'engine-process.js'),
    fleetEntry: path.join(mainDir, 'fleet-process.js'),
    preload: path.join(outDir, 'preload', 'preload.cjs'),
    rendererDir: path.join(outDir, 'renderer'),
    samplesDir: packagedResourcesDir === undefined ? path.join(path.dirname(outDir), 'resources') : path.join(packagedResourcesDir, 'samples'),
  }
}
