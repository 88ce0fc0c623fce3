// The packages that a release publishes, as their manifests say.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @typedef {Record<string, string>} Dependencies
 * @typedef {{ name: string, version: string, license: string, private?: boolean, exports: Record<string, string | Record<string, string>>,
 *   scripts?: Dependencies, dependencies?: Dependencies, devDependencies?: Dependencies, peerDependencies?: Dependencies,
 *   repository?: { url?: string, directory?: string }, publishConfig?: { access?: string, provenance?: boolean }, files?: string[] }} Manifest
 * @typedef {{ folder: string, manifest: Manifest }} Package A package, and its folder from the root of the repository.
 */

/** @param {string} path @returns {Manifest} */
export function readManifest(path) {
  return /** @type {Manifest} */ (JSON.parse(readFileSync(path, 'utf8')))
}

/** The packages to publish, each after those of them that it is built with. @param {string} root @returns {Package[]} */
export function publishedPackages(root) {
  const packages = readdirSync(join(root, 'packages'))
    .map((name) => `packages/${name}`)
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => ({ folder, manifest: readManifest(join(root, folder, 'package.json')) }))
    .filter(({ manifest }) => manifest.private !== true)
  /** @type {Package[]} */
  const ordered = []
  /** @param {Package} one */
  const visit = (one) => {
    if (ordered.includes(one)) return
    const { dependencies, devDependencies, peerDependencies } = one.manifest
    const needed = Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies })
    for (const other of packages) if (needed.includes(other.manifest.name)) visit(other)
    ordered.push(one)
  }
  for (const one of packages) visit(one)
  return ordered
}

/** The folder-relative files that an entry of `exports` names. @param {Manifest} manifest @returns {string[]} */
export function exportedFiles({ exports }) {
  return Object.values(exports).flatMap((target) => (typeof target === 'string' ? [target] : Object.values(target)))
}
