// Does everything that a release does, in a copy of the repository, but for publishing.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { copyRepository, fillInRepository } from './copy.mjs'
import { jsrConfiguration, problemsForJsr, slowTypes } from './jsr.mjs'
import { releaseNotes } from './notes.mjs'
import { publishedPackages } from './packages.mjs'
import { problemsOfTarball } from './tarball.mjs'

/** Where a registry would be: nothing listens there, so nothing can be published by a slip. */
const nowhere = 'http://127.0.0.1:9'
/** The packages with a second build for what is for Node alone. */
const configurations = ['tsconfig.build.json', 'tsconfig.node.json']

/** What ends a rehearsal. */
export class Refusal extends Error {
  /** @param {string[]} problems */
  constructor(problems) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/**
 * Rehearses a release of a repository in an empty folder. Throws a `Refusal` with everything that was found at once.
 * @param {string} root @param {string} folder @param {string | undefined} repository
 * @returns {{ version: string, notes: string, tarballs: { name: string, file: string, size: number }[] }}
 */
export function rehearse(root, folder, repository) {
  const copy = join(folder, 'copy')
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, npm_config_registry: nowhere, npm_config_offline: 'true', CI: 'true' }
  env['PATH'] = join(copy, 'node_modules/.bin') + delimiter + env['PATH']

  /** @param {string} cwd @param {string} command @param {string[]} args */
  const run = (cwd, command, ...args) => {
    const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: join(copy, cwd), env, encoding: 'utf8' })
    return { failed: status !== 0, output: `${stdout ?? ''}${stderr ?? ''}${error ? String(error) : ''}`.trim() }
  }
  /** @param {string} cwd @param {string} command @param {string[]} args */
  const must = (cwd, command, ...args) => {
    const { failed, output } = run(cwd, command, ...args)
    if (failed) throw new Refusal([`${command} ${args.join(' ')} failed in ${cwd}:\n${output}`])
  }

  say('copies the repository')
  copyRepository(root, copy)
  if (repository !== undefined) fillInRepository(copy, repository)
  const address = run('.', process.execPath, 'packages/devtools/check-release.mjs', '.')
  if (address.failed) throw new Refusal(address.output.split('\n'))

  say('installs what the lock file says, from what this machine has')
  must('.', 'pnpm', 'install', '--frozen-lockfile', '--offline', '--ignore-scripts', '--loglevel=warn')

  say('writes the versions and the changelogs')
  must('.', 'changeset', 'version')
  const packages = publishedPackages(copy)
  const version = versionOf(packages)

  for (const { folder: cwd, manifest } of packages) {
    say(`builds ${manifest.name}`)
    must(cwd, 'sh', '-c', manifest.scripts?.['build'] ?? 'true')
  }

  /** @type {string[]} */
  const problems = []
  const tarballs = packages.map((one) => {
    say(`packs and checks ${one.manifest.name}`)
    const { file, found } = checkPackage(copy, one, { version, run, must })
    problems.push(...found)
    return { name: one.manifest.name, file, size: statSync(file).size }
  })
  if (problems.length > 0) throw new Refusal(problems)
  return { version, notes: releaseNotes(copy, packages, version), tarballs }
}

/** @param {string} what */
function say(what) {
  console.error(`· ${what}`)
}

/** @param {import('./packages.mjs').Package[]} packages @returns {string} */
function versionOf(packages) {
  const versions = [...new Set(packages.map(({ manifest }) => manifest.version))]
  const [version = ''] = versions
  if (versions.length !== 1)
    throw new Refusal([`the packages have the versions ${versions.join(', ')}: they go together`])
  if (version === '0.0.0') throw new Refusal(['there is no changeset to release: write one in .changeset'])
  return version
}

/**
 * @typedef {(cwd: string, command: string, ...args: string[]) => { failed: boolean, output: string }} Run
 * @param {string} copy @param {import('./packages.mjs').Package} one
 * @param {{ version: string, run: Run, must: (cwd: string, command: string, ...args: string[]) => void }} tools
 */
function checkPackage(copy, { folder: cwd, manifest }, { version, run, must }) {
  const place = join(copy, '..', 'packed', manifest.name.replace('@grantkit/', ''))
  mkdirSync(place, { recursive: true })
  must(cwd, 'pnpm', 'pack', '--pack-destination', place)
  const file = join(place, readdirSync(place).find((name) => name.endsWith('.tgz')) ?? '')
  must(cwd, 'tar', '-xzf', file, '-C', place)
  const tools = [
    ['publint', 'run', file, '--strict'],
    ['attw', file, '--profile', 'esm-only', '--quiet'],
  ].flatMap(([command = '', ...args]) => {
    const { failed, output } = run(cwd, command, ...args)
    return failed ? [`${manifest.name}: ${command} found something:\n${output}`] : []
  })
  return {
    file,
    found: [
      ...problemsOfTarball(join(place, 'package'), version),
      ...tools,
      ...checkForJsr(join(copy, cwd), manifest, run),
    ],
  }
}

/** @param {string} folder @param {import('./packages.mjs').Manifest} manifest @param {Run} run @returns {string[]} */
function checkForJsr(folder, manifest, run) {
  const configuration = jsrConfiguration(manifest)
  writeFileSync(join(folder, 'jsr.json'), `${JSON.stringify(configuration, null, 2)}\n`)
  const declarations = reachableDeclarations(join(folder, 'dist'), manifest)
  const options = ['--isolatedDeclarations', 'true', '--emitDeclarationOnly', 'false', '--noEmit', '--pretty', 'false']
  const output = configurations
    .filter((name) => readdirSync(folder).includes(name))
    .map((name) => run(join('packages', folder.split(/[/\\]/).at(-1) ?? ''), 'tsc', '-p', name, ...options).output)
  const slow = slowTypes(output.join('\n'), (path) => readFileSync(join(folder, path), 'utf8'), declarations)
  return [...problemsForJsr(folder, configuration), ...slow].map((problem) => `${manifest.name} for JSR: ${problem}`)
}

/**
 * The declaration files that the entries of a package reach, with their paths below `dist`.
 * @param {string} dist @param {import('./packages.mjs').Manifest} manifest
 */
function reachableDeclarations(dist, { exports }) {
  const queue = Object.values(exports).flatMap((target) =>
    typeof target === 'string' || target['types'] === undefined ? [] : [resolve(dist, '..', target['types'])],
  )
  /** @type {Map<string, string>} */
  const found = new Map()
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (found.has(file)) continue
    const text = readFileSync(file, 'utf8').replaceAll(/\/\*\*[^]*?\*\//g, '')
    found.set(file, text)
    for (const [, path = ''] of text.matchAll(/(?:from |import\()['"](\.[^'"]+)['"]/g))
      queue.push(resolve(dirname(file), path.replace(/\.[jt]s$/, '.d.ts')))
  }
  return [...found].map(([file, text]) => ({ path: file.slice(dist.length + 1).replaceAll('\\', '/'), text }))
}
