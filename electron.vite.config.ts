import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'
import icons from 'unplugin-icons/vite'

/** Every program of the product that runs on Node, by the name of its built file. */
const programs = {
  'main': 'electron/main.ts',
  'engine-process': 'electron/engine-process.ts',
  'fleet-process': 'src/engine/fleet-process-entry.ts',
  'store-writer': 'src/engine/store/writer-worker.ts',
  'store-reader': 'src/engine/store/reader-worker.ts',
  'script-worker': 'src/engine/script/script-worker.ts',
  // Checks Node before anything else is loaded.
  'cli': 'src/cli/bin.mjs',
}

/** Puts the QuickJS that runs users' scripts beside the thread that loads it. */
const quickjs = {
  name: 'quickjs',
  generateBundle(this: { emitFile: (file: { type: 'asset', fileName: string, source: Uint8Array }) => void }) {
    this.emitFile({ type: 'asset', fileName: 'quickjs.wasm', source: readFileSync(fileURLToPath(import.meta.resolve('@jitl/quickjs-wasmfile-release-sync/wasm'))) })
  },
}

export default defineConfig({
  main: {
    plugins: [quickjs],
    build: {
      outDir: 'out/main',
      // Everything is bundled but the native module, so that a package needs hardly any node_modules.
      externalizeDeps: false,
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(programs).filter(([, file]) => existsSync(file))),
        external: ['electron', 'better-sqlite3'],
        output: {
          entryFileNames: '[name].js',
          // Beside the entries, so that `import.meta.dirname` is the same folder in all of them.
          chunkFileNames: 'chunk-[name]-[hash].js',
        },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: 'electron/preload.ts' },
        // A sandboxed preload must be one CommonJS file.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/ui',
    plugins: [vue(), icons({ compiler: 'vue3' })],
    build: {
      outDir: 'out/renderer',
      emptyOutDir: true,
      minify: true,
      // The page comes from this machine; one large file costs less than many small ones.
      chunkSizeWarningLimit: 4_000,
      rolldownOptions: { input: path.join(import.meta.dirname, 'src/ui/index.html') },
    },
  },
})
