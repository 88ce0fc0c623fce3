import { readFileSync } from 'node:fs'
import { type ChunkingContext, defineConfig } from 'rolldown'

// One bundled file per public entry of the package it is called in; code that entries share goes to chunks, so that
// one GrantError and one Token exist. Everything that is not our own source stays external.
const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Record<string, unknown> }

const entries = Object.values(exports)
  .map((target) => (target as { '@grantkit/source'?: string })['@grantkit/source'])
  .filter((source) => source !== undefined)
  .map((source) => [source.replace('./src/', '').replace('.ts', ''), source] as const)

/** What is for Node alone. */
const forNode = /\/src\/(?:node[./]|.*\/node[-/])/

/** Whether a module is loaded together with an entry that is not for Node alone: nothing between them is an `import()`. */
function isLoadedAtOnce(module: string, graph: ChunkingContext): boolean {
  const seen = new Set([module])
  for (const id of seen) {
    const { isEntry, importers } = graph.getModuleInfo(id) ?? { isEntry: false, importers: [] }
    if (isEntry) return true
    for (const importer of importers) if (!forNode.test(importer)) seen.add(importer)
  }
  return false
}

export default defineConfig({
  input: Object.fromEntries(entries),
  platform: 'neutral',
  external: (id) => !id.startsWith('.') && !id.startsWith('/'),
  tsconfig: 'tsconfig.build.json',
  output: {
    dir: 'dist',
    format: 'esm',
    sourcemap: true,
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    // What entries share is one file to load, not ten. What is for Node alone stays out of it, and so do what is loaded when
    // first needed and the room of token sources, which a page that only logs in does not need.
    codeSplitting: {
      groups: [
        {
          debugName: 'shared',
          name: (module, graph) => (!forNode.test(module) && isLoadedAtOnce(module, graph) ? 'shared' : null),
          test: /\/src\/(?!refresh\/|grants\/refresh)/,
          minShareCount: 2,
        },
      ],
    },
    minify: false,
    comments: { jsdoc: false }, // editors read them in the declarations
  },
})
