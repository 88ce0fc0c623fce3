// A copy of the repository to rehearse in: the tree that is rehearsed stays as it was.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What stands for the address of the repository until there is one. */
export const placeholder = 'https://github.com/OWNER/grantkit'

/**
 * Clones a repository into an empty folder, with what is not committed yet.
 * @param {string} root @param {string} copy
 */
export function copyRepository(root, copy) {
  git(dirname(copy), 'clone', '--quiet', '--local', '--no-tags', root, copy)
  const changed = git(root, 'ls-files', '--modified', '--others', '--exclude-standard', '-z')
    .split('\0')
    .filter(Boolean)
  for (const file of changed) {
    if (existsSync(join(root, file))) cpSync(join(root, file), join(copy, file))
    else rmSync(join(copy, file), { force: true })
  }
}

/**
 * Writes the address of the repository wherever the placeholder stands.
 * @param {string} copy @param {string} repository
 */
export function fillInRepository(copy, repository) {
  const files = globSync(['*.md', 'packages/*/{package.json,README.md}'], { cwd: copy, exclude: ['**/node_modules'] })
  for (const file of files) {
    const text = readFileSync(join(copy, file), 'utf8')
    if (text.includes(placeholder)) writeFileSync(join(copy, file), text.replaceAll(placeholder, repository))
  }
}

/** @param {string} cwd @param {string[]} args */
export function git(cwd, ...args) {
  return execFileSync('git', args, { cwd, encoding: 'utf8', maxBuffer: 1 << 26 })
}
