import { type GrantOptions, Refresh, Token } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { errorOf, scene } from '../support/scene.ts'

const token = Token.from({
  accessToken: 'canary-at',
  refreshToken: 'canary-rt',
  scope: ['read'],
  requestedScope: ['read', 'offline_access'],
  resource: 'https://api.example/',
  extra: { user: 'ada' },
})

/** Refreshes a token; says what was sent. */
async function refresh(reply: Reply | undefined, given: Token | string = token, options: GrantOptions = {}) {
  const { provider, tokenRequests } = await scene(...(reply ? [reply] : []))
  const outcome = provider().grant(Refresh).requestToken(given, options)
  await outcome.catch(() => undefined)
  return { outcome, sent: (await tokenRequests()).map(({ form }) => form) }
}

describe('an error that only a login helps with says what the login has to ask for', () => {
  const required = { scope: ['read', 'offline_access'], resource: 'https://api.example/' }

  test('when the server refuses the refresh token', async () => {
    const { outcome } = await refresh({ status: 400, json: { error: 'invalid_grant' } })
    expect(await errorOf(outcome)).toMatchObject({
      code: 'reauthorization_required',
      action: 'reauthorize',
      provider: 'acme',
      status: 400,
      oauth: { error: 'invalid_grant' },
      required,
    })
  })

  test('when there is no refresh token', async () => {
    const { outcome, sent } = await refresh(undefined, token.with({ refreshToken: undefined }))
    expect(await errorOf(outcome)).toMatchObject({ code: 'config_invalid', action: 'reauthorize', required })
    expect(sent).toEqual([])
  })

  test('when the scope would grow', async () => {
    const { outcome, sent } = await refresh(undefined, token, { scope: ['read', 'admin'] })
    const wider = { ...required, scope: ['read', 'offline_access', 'admin'] }
    expect(await errorOf(outcome)).toMatchObject({ code: 'config_invalid', action: 'reauthorize', required: wider })
    expect(sent).toEqual([])
  })

  test('but not of another user: a bare refresh token says nothing', async () => {
    const { outcome } = await refresh({ status: 400, json: { error: 'invalid_grant' } }, 'canary-rt')
    expect(await errorOf(outcome)).not.toHaveProperty('required')
  })

  test('and no other error has it: a server that fails says nothing about the grant', async () => {
    const { outcome } = await refresh({ status: 503 })
    const error = await errorOf(outcome)
    expect(error.action).toBe('retry')
    expect(error).not.toHaveProperty('required')
  })
})

test('what the response leaves out stays as it was', async () => {
  const { outcome, sent } = await refresh({ json: { access_token: 'canary-next', token_type: 'Bearer' } })
  expect({ ...(await outcome) }).toEqual({ ...token, accessToken: 'canary-next' })
  expect(sent).toEqual([{ grant_type: 'refresh_token', refresh_token: 'canary-rt', resource: 'https://api.example/' }])
})

test.each([[''], [null], [7], [{}], [{ refreshToken: 'canary-rt' }]])('%j is not a token', async (given) => {
  const { outcome, sent } = await refresh(undefined, given as string)
  expect((await errorOf(outcome)).code).toBe('config_invalid')
  expect(sent).toEqual([])
})
