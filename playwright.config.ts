import process from 'node:process'
import { defineConfig } from '@playwright/test'
import { findChromium } from './test/support/find-chromium.ts'

const executablePath = process.env.CHROMIUM_PATH ?? findChromium()

/** The page in the Chromium that the system has; nothing is downloaded. */
export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.spec.ts',
  globalSetup: './test/e2e/build-page.ts',
  outputDir: process.env.PLAYWRIGHT_OUTPUT_DIR ?? 'test-results',
  reporter: 'list',
  // Each test starts an engine and a fleet of its own; two at once would only slow each other down.
  workers: 1,
  // A test that passes the second time is a finding, not a success.
  retries: 0,
  forbidOnly: process.env.CI !== undefined,
  // A test does what a person does in minutes; a busy machine with few cores needs that long, too.
  timeout: 240_000,
  expect: { timeout: 30_000 },
  projects: [
    { name: 'chromium', testIgnore: '**/desktop.spec.ts' },
    // The real shell; skipped where its binary is not installed.
    { name: 'electron', testMatch: '**/desktop.spec.ts' },
  ],
  use: {
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    actionTimeout: 30_000,
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [
        // Chromium refuses its sandbox to root, which is who runs tests in a container.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
      ],
    },
  },
})
