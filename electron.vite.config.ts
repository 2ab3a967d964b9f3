import { existsSync } from 'node:fs'
import path from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'
import icons from 'unplugin-icons/vite'

/** Every program of the product that runs on Node, by the name of its built file. */
const programs = {
  'main': 'electron/main.ts',
  'engine-process': 'electron/engine-process.ts',
  'fleet-process': 'src/engine/fleet/fleet-process-entry.ts',
  'store-writer': 'src/engine/store/writer-worker.ts',
  'store-reader': 'src/engine/store/reader-worker.ts',
  // Checks Node before anything else is loaded.
  'cli': 'src/cli/bin.mjs',
}

export default defineConfig({
  main: {
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
