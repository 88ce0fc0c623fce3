import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const run = promisify(execFile)
const rolldown = join(import.meta.dirname, '../../../node_modules/.bin/rolldown')
const onNode = !('bun' in process.versions || 'deno' in process.versions) // the only runtime that has snapshots
const application = join(import.meta.dirname, 'snapshot/application.ts')

test.runIf(onNode)('processes that are started from one snapshot make different states and verifiers', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'grantkit-snapshot-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const [bundle, snapshot] = [join(folder, 'application.cjs'), join(folder, 'snapshot.blob')]
  const options = ['--format', 'cjs', '--platform', 'node', '--no-codeSplitting', '--external', 'jose,ky']
  await run(rolldown, [application, ...options, '--file', bundle])
  await run(process.execPath, ['--snapshot-blob', snapshot, '--build-snapshot', bundle])
  const start = async () => {
    const { stdout } = await run(process.execPath, ['--snapshot-blob', snapshot])
    return JSON.parse(stdout) as string[]
  }
  const secrets = [...(await start()), ...(await start()), ...(await start())]
  for (const secret of secrets) expect(secret).toMatch(/^[\w-]{43,64}$/)
  expect(new Set(secrets).size).toBe(12)
})
