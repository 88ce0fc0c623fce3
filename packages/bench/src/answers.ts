import type { TokenAnswer } from './contenders/program.ts'

/** The client that the server knows. */
export const client = {
  clientId: 'bench-client',
  clientSecret: 'bench-secret',
  redirectUri: 'https://app.bench.example/callback',
  scope: ['read', 'write'],
} as const

/** As long as tokens are that say something, and shorter than those that say much. */
const length = 120

/** What the server answers to every code and every refresh of the timed jobs. */
export const tokenAnswer: TokenAnswer = {
  access_token: 'access-'.padEnd(length, 'a'),
  token_type: 'Bearer',
  expires_in: 3600,
  refresh_token: 'refresh-'.padEnd(length, 'r'),
  scope: client.scope.join(' '),
}

/** The same without a refresh token: what the application gets for itself. */
export const clientAnswer: TokenAnswer = {
  access_token: tokenAnswer.access_token,
  token_type: 'Bearer',
  expires_in: 3600,
  scope: client.scope.join(' '),
}

/** A code names the challenge that it was issued for, so that the server can check the verifier without remembering anything. */
export function codeFor(challenge: string): string {
  return `code.${challenge}`
}

/** What the API answers. */
export const profile = {
  id: 'user-42',
  name: 'Some One',
  email: 'some.one@app.bench.example',
  plan: 'free',
  followers: 17,
  images: [{ url: 'https://img.bench.example/42.png', width: 64, height: 64 }],
}

/** Responses that every contender has to refuse, by the first part of the path of their token endpoint. */
export const flaws: Readonly<Record<string, { readonly status: number; readonly json: object }>> = {
  refused: { status: 400, json: { error: 'invalid_grant', error_description: 'the code was used' } },
  'no-access-token': { status: 200, json: { ...tokenAnswer, access_token: undefined } },
  'other-token-type': { status: 200, json: { ...tokenAnswer, token_type: 'mac' } },
}
