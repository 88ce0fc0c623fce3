import { flaws, tokenAnswer } from '../answers.ts'
import type { Program, Setup, TokenFacts } from '../contenders/program.ts'
import { refuse } from './operation.ts'

/** Throws unless a contender has read what the server sent. */
export function checkTokens({ accessToken, refreshToken, expiresAt }: TokenFacts, refreshable = true): void {
  if (accessToken !== tokenAnswer.access_token) refuse('the access token is another')
  if (refreshable && refreshToken !== undefined && refreshToken !== tokenAnswer.refresh_token)
    refuse('the refresh token is another')
  const left = ((expiresAt ?? 0) - Date.now()) / 1000
  if (!(left > tokenAnswer.expires_in - 60 && left <= tokenAnswer.expires_in + 1))
    refuse('the end of the token is another')
}

/** The same server with responses that have to be refused, by what is wrong with them. */
export function flawedSetups(setup: Setup, { unchecked = [] }: Pick<Program, 'unchecked'>): [string, Setup][] {
  const visible = Object.keys(flaws).filter((flaw) => !unchecked.includes(flaw))
  return visible.map((flaw) => [
    `an answer with the flaw "${flaw}"`,
    { ...setup, tokenEndpoint: setup.tokenEndpoint.replace('/token', `/${flaw}/token`) },
  ])
}
