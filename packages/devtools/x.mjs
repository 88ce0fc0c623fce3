#!/usr/bin/env node
// Runs one task of this repository on any machine with Node >= 20 and npm: fetches the pinned pnpm, installs what the
// lock file says, and hands over to turbo. It has no dependencies, because it runs before anything is installed.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const windows = process.platform === 'win32'
const [task = 'test', ...rest] = process.argv.slice(2)

/** @type {NodeJS.ProcessEnv} */
const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', GRANTKIT_BOOTSTRAPPED: '1' }

/** @param {string} command @param {string[]} args */
function run(command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd: root, env, stdio: 'inherit', shell: windows })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

/** Starts over with the pinned pnpm on PATH; npm keeps it in its cache after the first time. */
function bootstrap() {
  /** @type {{ packageManager: string }} */
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const options = ['--yes', '--prefer-offline', '--loglevel=error', '-p', packageManager]
  run('npx', ...options, '--', 'node', 'packages/devtools/x.mjs', task, ...rest)
}

function install() {
  console.error('· installing what the lock file says')
  const options = ['--frozen-lockfile', '--prefer-offline', '--reporter=append-only', '--loglevel=warn']
  run('pnpm', 'install', ...options)
  env['PATH'] = join(root, 'node_modules/.bin') + delimiter + env['PATH']
}

/** The Node that the lock file brings, where it has one for this platform; else the one that is installed. */
function supportedNode() {
  const bundled = join(root, 'node_modules/.bin/node')
  const node = existsSync(bundled) ? bundled : process.execPath
  const { stdout } = spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' })
  const [major = 0, minor = 0] = stdout.trim().split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 18)) return node
  console.error(`Node ${stdout.trim()} is too old to develop this repository: install Node 22.18 or later.`)
  return process.exit(1)
}

/** @param {string[]} args */
function turbo(...args) {
  run('turbo', 'run', ...args, '--output-logs=errors-only', ...rest)
}

/** What a test needs and a machine may lack: where it is found, and how to add it. */
const browsers = [process.env['CHROME_BIN'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

function test() {
  const chromium = browsers.find((path) => path && existsSync(path))
  if (chromium) env['CHROME_BIN'] = chromium
  const atOnce = `--concurrency=${Math.max(2, availableParallelism())}` // each of them has workers of its own
  turbo('typecheck', 'test', ...(chromium ? ['test:browser'] : []), atOnce)
  console.error('\nAll tests passed.')
  if (!chromium)
    console.error(
      'Left out, because this machine has no Chromium: the browser tests of core, demo and one sample of the documentation.\n' +
        'To add it: apt-get install chromium, or set CHROME_BIN to the browser you have.',
    )
  for (const { name, debianPackage, tests } of missingServers())
    console.error(
      `Left out, because this machine has no ${name}: ${tests}.\n` +
        `To add it: apt-get install ${debianPackage}. The tests start it themselves, on a port of their own.`,
    )
}

/**
 * The servers that tests would start if this machine had them, as those tests know them.
 * @returns {{ name: string, debianPackage: string, tests: string }[]}
 */
function missingServers() {
  const script = `import { servers as stores } from './packages/stores/test/support/servers.ts'
    import { servers as authorization } from './packages/core/test/servers/support/programs.ts'
    const lists = {
      'the tests of its store, and its samples in the documentation': stores,
      'the tests of core against it': authorization,
    }
    const all = Object.entries(lists).flatMap(([tests, list]) => list.map((server) => ({ ...server, tests })))
    console.log(JSON.stringify(all.filter((server) => server.find() === undefined)))`
  const options = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script]
  const { stdout } = spawnSync(supportedNode(), options, { cwd: root, encoding: 'utf8' })
  return JSON.parse(stdout)
}

function start() {
  run(supportedNode(), '--conditions=@grantkit/source', 'packages/demo/src/main.ts', ...rest)
}

/** The libraries are measured as they are published, so they are built first. */
function bench() {
  run('turbo', 'run', 'build', '--output-logs=errors-only')
  run(supportedNode(), 'packages/bench/src/main.ts', ...rest)
}

/** Changes the code of core in small ways, and asks whether a test notices. */
function mutation() {
  if (rest.length > 0) env['MUTATION_LAYERS'] = rest.join(' ')
  const stryker = join(root, 'packages/devtools/node_modules/@stryker-mutator/core/bin/stryker.js')
  run('pnpm', '--dir', 'packages/core', 'exec', supportedNode(), stryker, 'run', '../devtools/stryker.config.mjs')
}

/** Publishes the packages; with `--dry-run`, says what it would publish. */
function release() {
  run(supportedNode(), 'packages/devtools/release/main.mjs', ...rest)
}

if (process.env['GRANTKIT_BOOTSTRAPPED']) {
  install()
  supportedNode()
  if (task === 'test') test()
  else if (task === 'start') start()
  else if (task === 'bench') bench()
  else if (task === 'mutation') mutation()
  else if (task === 'release') release()
  else turbo(task)
} else bootstrap()
