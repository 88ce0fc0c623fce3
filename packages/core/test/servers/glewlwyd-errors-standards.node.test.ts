import { ClientCredentials, Refresh } from '@grantkit/core'
import { expect, test } from 'vitest'
import { describeWith } from '../../../stores/test/support/describe-with.ts'
import { errorOf } from '../support/scene.ts'
import { GlewlwydStage, web } from './support/glewlwyd-stage.ts'
import { glewlwyd } from './support/programs.ts'

// Some of its errors are only a status: the definition says what it means for each grant.

describeWith(glewlwyd, () => {
  const stage = new GlewlwydStage()

  test('a refresh token that was used already means that the user has to log in again', async () => {
    const provider = await stage.discover()
    const token = await stage.logIn(provider)
    await provider.grant(Refresh).requestToken(token)
    const error = await errorOf(provider.grant(Refresh).requestToken(token))
    expect(error).toMatchObject({ code: 'reauthorization_required', action: 'reauthorize', status: 400 })
  })

  test('and so does one that is revoked, to whoever waits for a fresh token', async () => {
    const provider = await stage.discover()
    const token = await stage.logIn(provider)
    await provider.revoke(token)
    const tokens = provider.tokenSource({ token: token.with({ expiresAt: 1e12 }) })
    expect(await errorOf(tokens.token())).toMatchObject({ code: 'reauthorization_required' })
  })

  test('a wrong secret is the configuration', async () => {
    const client = { ...web, clientSecret: 'canary-another' }
    const provider = await stage.discover({ client })
    const error = await errorOf(provider.grant(ClientCredentials).requestToken({ scope: ['read'] }))
    expect(error).toMatchObject({ code: 'token_error', action: 'fix_configuration', status: 403 })
    expect(error.message).toContain('client_secret_basic')
  })
})
