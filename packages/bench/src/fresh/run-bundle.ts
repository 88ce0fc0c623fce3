// Runs the grants of a bundle, and says which of its files were loaded for that.
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { tokenAnswer } from '../answers.ts'
import type { Program } from '../contenders/program.ts'
import { setupFor } from '../worker/herd.ts'
import { callbackOf } from '../worker/login-operations.ts'

/** Every bundle can log a user in. */
type BundledProgram = Program & Required<Pick<Program, 'authorizationUrl' | 'exchange'>>

// A bundle for browsers may look for what they call their global object.
Object.assign(globalThis, { self: globalThis })
const [base = '', path = ''] = process.argv.slice(2)
const loaded: string[] = []
registerHooks({
  load(url, context, next) {
    loaded.push(url)
    return next(url, context)
  },
})

const program = (await import(pathToFileURL(path).href)) as BundledProgram
const setup = setupFor(base)
const begun = await program.authorizationUrl(setup)()
await program.exchange(setup)(callbackOf(begun, setup), begun.pending as never)
await program.refresh?.(setup, tokenAnswer)()
await program.clientCredentials?.(setup)()
await program.apiCall?.(setup, tokenAnswer)()
process.stdout.write(JSON.stringify(loaded))
process.exit()
