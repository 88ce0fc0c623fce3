// Packs what would be published, installs it into an empty folder as a user would, and runs and type-checks an app there.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'grantkit-consumer-'))

/** @param {string} cwd @param {string} command @param {string[]} args */
function run(cwd, command, ...args) {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] })
}

/** Every file that a browser could load of an entry. @param {string} file @param {Set<string>} [seen] */
function reachable(file, seen = new Set()) {
  if (seen.has(file)) return seen
  seen.add(file)
  const imports = readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)
  for (const [, path = ''] of imports) reachable(resolve(dirname(file), path), seen)
  return seen
}

try {
  for (const name of ['core', 'provider-spotify', 'testing'])
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
    ...tarballs,
    'typescript@7.0.2',
    '@types/node@24.19.2',
  )
  run(folder, 'npx', 'tsc', '-p', '.')
  run(folder, 'npx', 'tsc', '-p', 'tsconfig.no-dom.json')
  run(folder, process.execPath, 'app.js')
  run(folder, process.execPath, 'required.cjs')
  for (const file of reachable(join(folder, 'node_modules/@grantkit/core/dist/index.js')))
    if (/from "node:/.test(readFileSync(file, 'utf8'))) throw new Error(`${file} does not run in a browser`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
