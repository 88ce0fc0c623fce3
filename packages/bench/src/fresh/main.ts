// The first thing a new process does: one login, and then it says what all of it has cost.
import { pathToFileURL } from 'node:url'
import { tokenAnswer } from '../answers.ts'
import type { Program } from '../contenders/program.ts'
import { setupFor } from '../worker/herd.ts'
import { callbackOf } from '../worker/login-operations.ts'

const [base = '', path] = process.argv.slice(2)

if (path !== undefined) {
  const { authorizationUrl, exchange, read } = (await import(pathToFileURL(path).href)) as Required<Program>
  const setup = setupFor(base)
  const begun = await authorizationUrl(setup)()
  const tokens = await exchange(setup)(callbackOf(begun, setup), begun.pending as never)
  if (read(tokens as never).accessToken !== tokenAnswer.access_token) throw new Error('the token is another')
}
const { user, system } = process.cpuUsage()
process.stdout.write(String(user + system))
process.exit()
