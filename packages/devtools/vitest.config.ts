import { defineConfig } from 'vitest/config'

const root = new URL('../..', import.meta.url).pathname

/** Files that this run leaves out, as CI says; `--exclude` does not reach the projects of a workspace. */
const excluded = process.env['GRANTKIT_EXCLUDE']?.split(',') ?? []

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
    exclude: ['test/browser/**', ...(name === 'core' ? ['test/servers/**'] : []), ...excluded],
    setupFiles,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})

/** The tests of core again, with the Node entry under every provider. What does not depend on it, or runs for long, is left to the first round. */
const onNode = {
  ...fromSource,
  root: `${root}packages/core`,
  resolve: {
    ...fromSource.resolve,
    alias: [{ find: /^@grantkit\/core$/, replacement: `${root}packages/core/test/support/on-node.ts` }],
  },
  test: {
    name: 'core-on-node',
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/{browser,node,openid-client,servers}/**',
      'test/**/*.node.test.ts',
      'test/types.test.ts',
      'test/**/properties*.test.ts',
      'test/definition/definition-*.test.ts',
    ],
    setupFiles: [`${root}packages/core/test/support/setup.ts`],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
}

/** Core against authorization servers of this machine, on the Node that develops it. */
const servers = project('servers', 'packages/core', [`${root}packages/core/test/support/setup.ts`])
servers.test.include = ['test/servers/*.test.ts']

export default defineConfig({
  root,
  test: {
    projects: [
      project('core', 'packages/core', [`${root}packages/core/test/support/setup.ts`]),
      onNode,
      servers,
      project('provider-spotify'),
      project('providers'),
      project('testing'),
      project('stores'),
      project('web'),
      project('demo'),
      project('bench'),
      project('devtools'),
      project('docs', 'docs'),
    ],
    coverage: {
      provider: 'v8',
      include: ['packages/{core,provider-spotify,providers,testing,stores,web}/src/**'],
      exclude: ['**/index.ts'],
    },
  },
})
