import { defineConfig } from 'vitest/config'

/**
 * The tests of core that a mutant has to survive. It is run in a copy of packages/core, so nothing here names the original.
 * Left out: what takes long and would say the same (random cases, fleets), and what reads sources instead of running them.
 */
export default defineConfig({
  resolve: { conditions: ['@grantkit/source'] },
  ssr: { resolve: { conditions: ['@grantkit/source'] } },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/browser/**',
      'test/**/{api-clients,custom-grant-server,layers,oracle,provider-schema,refresh-model}.node.test.ts',
      'test/**/{api-*,authorized-fetch,leaks,properties*,token-source*,types}.test.ts',
    ],
    setupFiles: ['test/support/setup.ts'],
  },
})
