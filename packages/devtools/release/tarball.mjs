// What a tarball has to hold, and what it must not.
import { globSync } from 'node:fs'
import { join, posix } from 'node:path'
import { exportedFiles, readManifest } from './packages.mjs'

/** Files that nobody who installs a package has a use for. */
const stray =
  /(?:^|\/)(?:node_modules|test|coverage|\.turbo|\.[\w-]+rc)(?:\/|$)|\.(?:tsbuildinfo|log|tgz|env)$|\.test\.\w+$/
const required = ['package.json', 'README.md', 'LICENSE']
/** Scripts that npm would run on the machine of whoever installs the package. */
const hooks = ['preinstall', 'install', 'postinstall', 'prepare']

/** The problems of an unpacked tarball. @param {string} folder @param {string} version @returns {string[]} */
export function problemsOfTarball(folder, version) {
  const manifest = readManifest(join(folder, 'package.json'))
  const files = globSync('**', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.relative(folder, posix.join(entry.parentPath, entry.name)))
  const problems = [...problemsOfFiles(files, manifest), ...problemsOfManifest(manifest, version)]
  return problems.map((problem) => `${manifest.name}: ${problem}`)
}

/** @param {string[]} files @param {import('./packages.mjs').Manifest} manifest @returns {string[]} */
export function problemsOfFiles(files, manifest) {
  const named = [...new Set([...required, ...exportedFiles(manifest).map((path) => path.replace(/^\.\//, ''))])]
  return [
    ...named.filter((file) => !files.includes(file)).map((file) => `${file} is missing from the tarball`),
    ...files.filter((file) => stray.test(file)).map((file) => `${file} does not belong in the tarball`),
  ]
}

/** @param {import('./packages.mjs').Manifest} manifest @param {string} version @returns {string[]} */
export function problemsOfManifest(manifest, version) {
  const { publishConfig = {}, scripts = {}, dependencies, peerDependencies } = manifest
  const ranges = Object.entries({ ...dependencies, ...peerDependencies })
  /** @type {[boolean, string][]} */
  const rules = [
    [manifest.version === version, `its version is ${manifest.version}, and that of the release is ${version}`],
    [manifest.license === 'MIT', `its license is ${manifest.license}, not MIT`],
    [publishConfig.access === 'public', 'publishConfig.access is not "public"'],
    [publishConfig.provenance === true, 'publishConfig.provenance is not true: npm would not say where it was built'],
    [
      !hooks.some((hook) => hook in scripts),
      `it has one of the scripts ${hooks.join(', ')}, which run on installation`,
    ],
  ]
  return [
    ...rules.filter(([holds]) => !holds).map(([, problem]) => problem),
    ...ranges
      .filter(([, range]) => /^(?:workspace|file|link|catalog):/.test(range))
      .map(([name, range]) => `it depends on ${name} ${range}`),
  ]
}
