// The notes of a release, from the changelogs that the changesets became.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The section of a version in a changelog, without its heading and without what only follows another package. @param {string} changelog @param {string} version @returns {string} */
export function sectionOf(changelog, version) {
  const sections = changelog.split(/^## /m)
  const section = sections.find((text) => text.startsWith(`${version}\n`)) ?? ''
  return section
    .slice(version.length)
    .replaceAll(/^- Updated dependencies.*\n(?: {2}- .*\n)*/gm, '')
    .replaceAll(/^### .*\n\s*(?=### |$(?![^]))/gm, '')
    .trim()
}

/**
 * One text for all packages. A package that only follows the others is left out.
 * @param {string} root @param {import('./packages.mjs').Package[]} packages @param {string} version @returns {string}
 */
export function releaseNotes(root, packages, version) {
  const parts = packages.flatMap(({ folder, manifest }) => {
    const path = join(root, folder, 'CHANGELOG.md')
    const section = existsSync(path) ? sectionOf(readFileSync(path, 'utf8'), version) : ''
    return section === '' ? [] : [`## ${manifest.name}\n\n${section}`]
  })
  return [`# ${version}`, ...parts].join('\n\n')
}
