import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

/** The folder of the sources of this package. */
export const sources: string = fileURLToPath(new URL('..', import.meta.url))

/** Where the processes of a run are built to. It lies in this package, so that what they import is found. */
export const output: string = fileURLToPath(new URL('../../dist', import.meta.url))

/** The files of a run. */
export interface Built {
  readonly server: string
  readonly worker: string
  readonly fresh: string
  readonly runBundle: string
  /** The module of each contender, by the name of its source. */
  readonly programs: ReadonlyMap<string, string>
}

/** Bundles the processes and the contenders, each by itself, so that no run pays for reading TypeScript. */
export async function buildProcesses(programs: Iterable<string>, directory = output): Promise<Built> {
  const build = async (source: string, name: string): Promise<string> => {
    const bundle = await rolldown({
      input: { main: join(sources, source) },
      platform: 'node',
      external: (id) => !id.startsWith('.') && !id.startsWith('/'),
      tsconfig: join(sources, '../tsconfig.json'),
    })
    await bundle.write({ dir: join(directory, name), format: 'esm', entryFileNames: '[name].js' })
    await bundle.close()
    return join(directory, name, 'main.js')
  }
  const built = await Promise.all(
    [...new Set(programs)].map(
      async (name) => [name, await build(`contenders/${name}.ts`, `programs/${name}`)] as const,
    ),
  )
  return {
    server: await build('server/main.ts', 'server'),
    worker: await build('worker/main.ts', 'worker'),
    fresh: await build('fresh/main.ts', 'fresh'),
    runBundle: await build('fresh/run-bundle.ts', 'run-bundle'),
    programs: new Map(built),
  }
}
