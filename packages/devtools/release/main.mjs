// `npm run release` publishes every package. `npm run release -- --dry-run` does all but that, in a copy, and says what it
// would publish. docs/decisions/releasing.md says what a person has to do.
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Refusal, rehearse } from './rehearse.mjs'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const { values } = parseArgs({
  options: {
    'dry-run': { type: 'boolean', default: false },
    /** What to put where the placeholder stands, in the copy. */
    repository: { type: 'string' },
    /** Leaves the copy and the tarballs where they are. */
    keep: { type: 'boolean', default: false },
  },
})
const repository = values.repository ?? process.env['GRANTKIT_REPOSITORY']

/** @param {string[]} problems @returns {never} */
function refuse(problems) {
  for (const problem of problems) console.error(problem)
  console.error(`\nNothing ${values['dry-run'] ? 'would be' : 'was'} published: ${problems.length} to correct.`)
  if (problems.some((problem) => problem.includes('write its address')) && values['dry-run'])
    console.error('To rehearse the rest: npm run release -- --dry-run --repository https://github.com/acme/grantkit')
  process.exit(1)
}

function dryRun() {
  if (repository !== undefined && !/^https:\/\/[\w.-]+\/[\w.-]+\/[\w.-]+$/.test(repository))
    refuse([
      `--repository is the address of the repository, such as https://github.com/acme/grantkit, not ${repository}`,
    ])
  const folder = mkdtempSync(join(tmpdir(), 'grantkit-release-'))
  try {
    const { version, notes, tarballs } = rehearse(root, folder, repository)
    console.log(`\n${notes}\n\n---\n\nWould publish, with provenance, for everyone:\n`)
    for (const { name, size, file } of tarballs)
      console.log(`  ${name}@${version}  ${Math.ceil(size / 1024)} KiB${values.keep ? `  ${file}` : ''}`)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    process.exitCode = 1
    return error.problems
  } finally {
    if (!values.keep) rmSync(folder, { recursive: true, force: true })
  }
  return []
}

/** @param {string} command @param {string[]} args */
function run(command, ...args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

if (values['dry-run']) {
  const problems = dryRun()
  if (problems.length > 0) refuse(problems)
} else {
  run(process.execPath, 'packages/devtools/check-release.mjs')
  const pending = globSync('.changeset/*.md', { cwd: root, exclude: ['.changeset/README.md'] })
  if (pending.length > 0)
    refuse([`${pending.length} changesets have no version yet: run "npx changeset version", and commit`])
  run('turbo', 'run', 'build', '--output-logs=errors-only')
  run('changeset', 'publish')
}
