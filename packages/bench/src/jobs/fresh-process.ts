import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
/** Where imports are resolved from. */
const here = fileURLToPath(new URL('../..', import.meta.url))

/** Milliseconds of CPU of a new process that runs this code, from its first instruction on. */
export async function cpuOfCode(code: string): Promise<number> {
  const report = 'const { user, system } = process.cpuUsage(); process.stdout.write(String(user + system))'
  return cpuOf(['--input-type=module', '--eval', `${code}\n${report}`])
}

/** The same of a file. */
export async function cpuOf(input: readonly string[]): Promise<number> {
  const env = { ...process.env, NODE_OPTIONS: '', NODE_ENV: 'production' }
  const { stdout } = await run(process.execPath, [...input], { cwd: here, env })
  return Number(stdout) / 1000
}
