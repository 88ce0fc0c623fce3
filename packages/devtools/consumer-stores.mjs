// What the tarball of @grantkit/stores promises: each entry loads its own and nothing else, on the lowest Node that
// `engines` allows, without a word on stderr; and what is not for servers alone runs in workerd.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'rolldown'
import { reachable } from './consumer-files.mjs'

/** The one line that Node itself may print, where SQLite is used. */
const warning =
  /^\(node:\d+\) ExperimentalWarning: SQLite is an experimental feature and might change at any time\n\(Use `node --trace-warnings \.\.\.` to show where the warning was created\)\n$/

/** What an entry may load of Node. @type {Record<string, RegExp>} */
const builtins = {
  encrypted: /^$/,
  keys: /^$/,
  'single-process': /^$/,
  postgres: /^node:crypto$/,
  redis: /^node:crypto$/,
  file: /^node:(?:crypto|fs|path|timers\/promises|worker_threads)$/,
  sqlite: /^node:(?:fs|path|sqlite|timers\/promises)$/,
}

/** What a consumer needs for these checks, beside the tarballs. */
export const packages = ['miniflare@4.20260730.0', `lowest-node@npm:node-${process.platform}-${process.arch}@22.13.0`]

/** Checks every entry of what is installed in a folder. @param {string} folder */
export async function checkStores(folder) {
  const installed = join(folder, 'node_modules/@grantkit/stores')
  const { exports, engines } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  if (engines.node !== '>=22.13') throw new Error(`the lowest Node of ${engines.node} is not the one that is tried`)
  for (const path of Object.keys(exports)) {
    const entry = path.slice(2)
    if (entry === 'package.json') continue
    checkImports(join(installed, 'dist', `${entry}.js`), builtins[entry] ?? /^$/)
    use(folder, entry)
  }
  await runInWorkerd(folder)
}

/** @param {string} file @param {RegExp} allowed */
function checkImports(file, allowed) {
  for (const one of reachable(file))
    for (const [, builtin = ''] of readFileSync(one, 'utf8').matchAll(/(?:from|import)\s*\(?\s*["'](node:[^"']+)["']/g))
      if (!allowed.test(builtin)) throw new Error(`${file} loads ${builtin}, in ${one}`)
}

/** @param {string} folder @param {string} entry */
function use(folder, entry) {
  const node = join(folder, 'node_modules/lowest-node/bin/node')
  const env = { PATH: process.env['PATH'], HOME: folder }
  const { status, stdout, stderr } = spawnSync(node, ['store.mjs', entry], { cwd: folder, env, encoding: 'utf8' })
  if (status !== 0 || stdout !== 'used\n') throw new Error(`${entry} does not run on the lowest Node: ${stderr}`)
  if (stderr !== '' && !(entry === 'sqlite' && warning.test(stderr)))
    throw new Error(`${entry} prints on the lowest Node: ${stderr}`)
}

/** @param {string} folder */
async function runInWorkerd(folder) {
  const { output } = await build({
    cwd: folder,
    input: 'worker.js',
    platform: 'browser',
    logLevel: 'warn',
    output: { dir: join(folder, 'bundle'), codeSplitting: false }, // rolldown 1.3.2 writes a second file, which nothing loads
  })
  for (const { code = '' } of output.filter((one) => one.type === 'chunk'))
    if (/from ["']node:/.test(code)) throw new Error('what is for every runtime loads a module of Node')
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' }
  const { status, stdout, stderr } = spawnSync(process.execPath, ['workerd.mjs'], {
    cwd: folder,
    env,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`@grantkit/stores does not run in workerd: ${stdout}${stderr}`)
}
