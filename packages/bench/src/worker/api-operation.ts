import { isDeepStrictEqual } from 'node:util'
import { profile, tokenAnswer } from '../answers.ts'
import type { Program, Setup } from '../contenders/program.ts'
import { mustReject, type Operation, refuse } from './operation.ts'

/** A call to the API with a token that is valid. */
export function apiCall(program: Required<Pick<Program, 'apiCall'>>, setup: Setup): Operation {
  const run = program.apiCall(setup, tokenAnswer)
  return {
    run,
    async verify() {
      if (!isDeepStrictEqual(await run(), profile)) refuse('the API was not asked, or its answer is another')
      const { refresh_token: _, ...other } = { ...tokenAnswer, access_token: 'another' }
      await mustReject('an answer of 401', program.apiCall(setup, other))
    },
  }
}
