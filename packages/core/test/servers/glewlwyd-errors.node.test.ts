import { ClientCredentials, Pkce, Refresh } from '@grantkit/core'
import { expect, test } from 'vitest'
import { describeWith } from '../../../stores/test/support/describe-with.ts'
import { errorOf } from '../support/scene.ts'
import { GlewlwydStage, web } from './support/glewlwyd-stage.ts'
import { glewlwyd } from './support/programs.ts'

// Glewlwyd's errors are partly of its own making: the definition says what they mean.

describeWith(glewlwyd, () => {
  const stage = new GlewlwydStage()

  test('a wrong secret is refused', async () => {
    const provider = await stage.discover({ client: { ...web, clientSecret: 'canary-another' } })
    const error = await errorOf(provider.grant(ClientCredentials).requestToken({ scope: ['read'] }))
    expect(error).toMatchObject({ code: 'token_error', status: 403 })
  })

  test('a scope that the client does not have is the configuration', async () => {
    const grant = (await stage.discover()).grant(ClientCredentials)
    const error = await errorOf(grant.requestToken({ scope: ['admin'] }))
    expect(error).toMatchObject({ action: 'fix_configuration', oauth: { error: 'scope_invalid' } })
  })

  test('a code is worth nothing with another verifier', async () => {
    const login = (await stage.discover()).grant(Pkce)
    const { url, transaction } = await login.authorize({ scope: ['openid'] })
    const other = { ...transaction, codeVerifier: 'canary-'.padEnd(43, 'x') }
    const error = await errorOf(login.requestToken(await stage.visit(url), other))
    expect(error).toMatchObject({ code: 'token_error', action: 'reauthorize', oauth: { error: 'invalid_code' } })
  })

  test('a code that is redeemed twice is refused, and what it brought is revoked', async () => {
    const first = (await stage.discover()).grant(Pkce)
    const { url, transaction } = await first.authorize({ scope: ['openid'] })
    const callback = await stage.visit(url)
    const token = await first.requestToken(callback, transaction)
    const { code } = Object.fromEntries(new URL(callback).searchParams)
    const { codeVerifier, nonce, redirectUri } = transaction
    const again = (await stage.discover())
      .grant(Pkce)
      .exchangeCode({ code: code ?? '', codeVerifier, nonce, redirectUri })
    expect(await errorOf(again)).toMatchObject({ action: 'reauthorize', oauth: { error: 'invalid_code' } })
    await errorOf((await stage.discover()).grant(Refresh).requestToken(token))
  })

  test('a refresh token that is used twice is refused, and so is the one that it brought', async () => {
    const provider = await stage.discover()
    const token = await stage.logIn(provider)
    const fresh = await provider.grant(Refresh).requestToken(token)
    expect(await errorOf(provider.grant(Refresh).requestToken(token))).toMatchObject({ status: 400 })
    expect(await errorOf(provider.grant(Refresh).requestToken(fresh))).toMatchObject({ status: 400 })
  })
})
