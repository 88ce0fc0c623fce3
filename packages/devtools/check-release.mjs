// Refuses a release while a published package does not say where it comes from: `npm run release` runs this first.
// With the path of a folder as argument, it checks the repository in that folder.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = process.argv[2] ?? fileURLToPath(new URL('../..', import.meta.url))
/** What stands for the address of the repository until there is one. */
const placeholder = 'github.com/OWNER/'
const fields = /** @type {const} */ (['description', 'license', 'repository', 'homepage', 'bugs', 'keywords'])

/** @typedef {{ private?: boolean, repository?: { url?: string, directory?: string } } & Record<string, unknown>} Manifest */

/** @param {string} folder @returns {Manifest} */
function manifestOf(folder) {
  return /** @type {Manifest} */ (JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')))
}

/** @param {string} folder @returns {string[]} */
function missingFields(folder) {
  const manifest = manifestOf(folder)
  const missing = fields.filter((field) => manifest[field] === undefined).map((field) => `has no ${field}`)
  const { directory } = manifest.repository ?? {}
  const misplaced = directory === folder ? [] : [`has the repository.directory ${directory}: write ${folder}`]
  return [...missing, ...misplaced].map((problem) => `${folder}/package.json ${problem}`)
}

/** @param {string} file @returns {string[]} */
function placeholders(file) {
  if (!existsSync(join(root, file))) return [`${file} is missing`]
  const isFilledIn = !readFileSync(join(root, file), 'utf8').includes(placeholder)
  return isFilledIn ? [] : [`${file} names the repository "${placeholder}…": write its address`]
}

const published = readdirSync(join(root, 'packages'))
  .map((name) => `packages/${name}`)
  .filter((folder) => existsSync(join(root, folder, 'package.json')) && manifestOf(folder).private !== true)
const files = [
  'SECURITY.md',
  'README.md',
  ...published.flatMap((folder) => [`${folder}/package.json`, `${folder}/README.md`]),
]
const problems = [...published.flatMap(missingFields), ...files.flatMap(placeholders)]

for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
console.log(`${published.length} packages may be released`)
