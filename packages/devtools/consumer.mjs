// Packs what would be published, installs it into an empty folder as a user would, and runs and type-checks an app there.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { reachable } from './consumer-files.mjs'
import { checkStores, packages } from './consumer-stores.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'grantkit-consumer-'))

/** @param {string} cwd @param {string} command @param {string[]} args */
function run(cwd, command, ...args) {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] })
}

try {
  for (const name of ['core', 'provider-spotify', 'stores', 'testing'])
    run(join(root, 'packages', name), 'pnpm', 'pack', '--pack-destination', folder)
  const tarballs = readdirSync(folder).map((file) => `./${file}`)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  cpSync(join(root, 'packages/devtools/consumer'), folder, { recursive: true })
  run(
    folder,
    'npm',
    'install',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--ignore-scripts',
    ...tarballs,
    'typescript@7.0.2',
    '@types/node@24.19.2',
    ...packages,
  )
  run(folder, 'npx', 'tsc', '-p', '.')
  run(folder, 'npx', 'tsc', '-p', 'tsconfig.no-dom.json')
  run(folder, process.execPath, 'app.js')
  run(folder, process.execPath, 'required.cjs')
  for (const file of reachable(join(folder, 'node_modules/@grantkit/core/dist/index.js')))
    if (/from "node:/.test(readFileSync(file, 'utf8'))) throw new Error(`${file} does not run in a browser`)
  await checkStores(folder)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
