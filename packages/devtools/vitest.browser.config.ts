import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'

const root = new URL('../..', import.meta.url).pathname
const conditions = ['@grantkit/source']

const chromium = playwright({
  launchOptions: {
    executablePath: process.env['CHROME_BIN'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  },
})

/** What needs a Chromium: core's own tests inside it, and the demo driven as a person would. */
export default defineConfig({
  root,
  test: {
    projects: [
      {
        root: `${root}packages/core`,
        // The servers of a test cannot run in a browser: the same names stand for servers that a Node process runs.
        resolve: { conditions, alias: { '@grantkit/testing/server': `${root}packages/core/test/browser/servers.ts` } },
        optimizeDeps: { include: ['@fast-check/vitest'] }, // found late, it would reload the page in the middle of a test
        test: {
          name: 'core-browser',
          include: ['test/**/*.test.ts'],
          exclude: ['test/node/**', 'test/**/*.node.test.ts'],
          globalSetup: `${root}packages/core/test/browser/global-setup.ts`,
          setupFiles: [`${root}packages/core/test/support/setup.ts`],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: chromium,
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        root: `${root}packages/demo`,
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: {
          name: 'demo-browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
