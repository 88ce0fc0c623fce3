import { fileURLToPath } from 'node:url'

// Mutation testing, on demand: `npm run mutation` for the layers that decide what is accepted, `npm run mutation --
// definition transport` for others, `npm run mutation -- grants/pkce.ts` for a file. It runs in packages/core;
// docs/conformance/mutation.md says more.
const here = fileURLToPath(new URL('.', import.meta.url))
const layers = (process.env['MUTATION_LAYERS'] ?? 'grants protocol refresh token').trim().split(/[\s,]+/)

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  testRunner: 'vitest',
  plugins: [`${here}node_modules/@stryker-mutator/vitest-runner/dist/src/index.js`],
  vitest: { configFile: `${here}vitest.mutation.config.ts`, related: false },
  mutate: layers.map((layer) => (layer.endsWith('.ts') ? `src/${layer}` : `src/${layer}/**/*.ts`)),
  coverageAnalysis: 'perTest',
  ignoreStatic: process.env['MUTATION_STATIC'] === undefined,
  concurrency: Number(process.env['MUTATION_CONCURRENCY'] ?? 2),
  timeoutMS: 60_000, // on a busy machine, too, only what never ends is late
  dryRunTimeoutMinutes: 15,
  reporters: ['clear-text', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: '../../node_modules/.cache/mutation/mutation.json' },
  tempDirName: '../../.stryker-tmp', // so that ../../tsconfig.base.json is found from the copy, too
  cleanTempDir: 'always',
  tsconfigFile: 'none.json', // TypeScript 7 has no compiler API to read one with
  allowConsoleColors: false,
}
