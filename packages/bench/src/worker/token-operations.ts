import { tokenAnswer } from '../answers.ts'
import type { Program, Setup } from '../contenders/program.ts'
import { oneByOne } from '../one-by-one.ts'
import { mustReject, type Operation } from './operation.ts'
import { checkTokens, flawedSetups } from './token-checks.ts'

type Reading = Required<Pick<Program, 'read'>> & Pick<Program, 'unchecked'>
type Application = Required<Pick<Program, 'clientCredentials'>> & Reading
type Refreshing = Required<Pick<Program, 'refresh'>> & Reading

/** A token for the application itself. */
export function clientCredentials(program: Application, setup: Setup): Operation {
  return tokenOperation(program, setup, (at) => program.clientCredentials(at), false)
}

/** A refresh. */
export function refresh(program: Refreshing, setup: Setup): Operation {
  return tokenOperation(program, setup, (at) => program.refresh(at, tokenAnswer), true)
}

function tokenOperation(
  program: Reading,
  setup: Setup,
  open: (setup: Setup) => () => Promise<unknown>,
  refreshable: boolean,
): Operation {
  const run = open(setup)
  return {
    run,
    async verify() {
      checkTokens(program.read((await run()) as never), refreshable)
      await oneByOne(flawedSetups(setup, program), ([flaw, flawed]) => mustReject(flaw, open(flawed)))
    },
  }
}
