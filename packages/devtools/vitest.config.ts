import { defineConfig } from 'vitest/config'

const root = new URL('../..', import.meta.url).pathname

/** Sibling packages are read as sources, so no build is needed to test. */
const fromSource = {
  resolve: { conditions: ['@grantkit/source'] },
  ssr: { resolve: { conditions: ['@grantkit/source'] } },
}

const project = (name: string, folder = `packages/${name}`, setupFiles: string[] = []) => ({
  ...fromSource,
  root: root + folder,
  test: {
    name,
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**'],
    setupFiles,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})

export default defineConfig({
  root,
  test: {
    projects: [
      project('core', 'packages/core', [`${root}packages/core/test/support/setup.ts`]),
      project('provider-spotify'),
      project('providers'),
      project('testing'),
      project('stores'),
      project('demo'),
      project('bench'),
      project('docs', 'docs'),
    ],
    coverage: {
      provider: 'v8',
      include: ['packages/{core,provider-spotify,providers,testing,stores}/src/**'],
      exclude: ['**/index.ts'],
    },
  },
})
