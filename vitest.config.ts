import vue from '@vitejs/plugin-vue'
import icons from 'unplugin-icons/vite'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  // The same as the page's own build has, so that tests can mount its components.
  plugins: [vue(), icons({ compiler: 'vue3' })],
  test: {
    include: ['test/{unit,contract,integration,architecture}/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // An unmocked import of the shell's library is inert instead of starting a download.
    env: { ELECTRON_OVERRIDE_DIST_PATH: '/no-electron' },
    // Integration tests start real brokers, workers and processes; more than this many at once only adds noise.
    maxWorkers: 2,
  },
})
