import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What is mutated, as `npm run mutation` was told. */
const layers = process.env['MUTATION_LAYERS'] ?? 'grants protocol refresh token'
const rooms = layers.split(/[\s,]+/).map((layer) => layer.split('/')[0])
const mutates = (room: string) => rooms.includes(room)
/** The tests that reach a token source. */
const ofRefresh = [
  'test/refresh/**/*.test.ts',
  'test/**/{memory-store,refresh*,seed-systems*,stored-tokens,token-binding,token-source*}.test.ts',
]

/** One test that fails is enough: the file that failed last comes first, and then the quickest. */
class QuickestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const cost = (file: TestSpecification) => {
      const { failed, duration = Infinity } = this.ctx.cache.getTestSpecificationResult(file) ?? {}
      return failed ? -1 : duration
    }
    return Promise.resolve(files.toSorted((one, other) => cost(one) - cost(other)))
  }
}

/**
 * The tests of core that a mutant has to survive. It is run in a copy of packages/core, so nothing here names the original.
 * Left out: what takes long and would say the same (random cases, fleets, another room's own tests), and what reads
 * sources, other packages or processes of its own.
 */
export default defineConfig({
  resolve: { conditions: ['@grantkit/source'] },
  ssr: { resolve: { conditions: ['@grantkit/source'] } },
  test: {
    include: rooms.every((room) => room === 'refresh') ? ofRefresh : ['test/**/*.test.ts'],
    exclude: [
      'test/{browser,servers}/**',
      'test/**/openid-client/**',
      'test/**/{custom-grant-server,layers,memory,module-state,oracle,provider-schema,refresh-model,snapshot}.node.test.ts',
      'test/**/{definition-hostile,leaks,loopback-login-process,properties*,token-source-herd,types}.test.ts',
      ...(mutates('api') ? [] : ['test/**/{api-*,authorized-fetch}*.test.ts']),
      ...(mutates('node') ? [] : ['test/**/{loopback-login-*,node-fetch*}.test.ts']),
      ...(mutates('refresh') ? [] : ['test/**/{token-source*,seed-systems-sources}.test.ts']),
    ],
    setupFiles: ['test/support/setup.ts'],
    env: { CI: 'true', GRANTKIT_CASES: '25' }, // the same random cases each time, and few of them
    sequence: { sequencer: QuickestFirst },
  },
})
