import { ClientCredentials, type ProviderDefinition, Refresh, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { deviant, now } from '../support/deviant.ts'
import { errorOf, goodToken } from '../support/scene.ts'

const { token_type: _, ...untyped } = goodToken
const soon = { expiresAt: now + 3_600_000 }

describe('needs no word', () => {
  test.each(['BEARER', 'bEaReR'])('#3: token_type %s', async (token_type) => {
    const { login, normalised } = await deviant({ tokenResponse: { tokenType: 'Bearer' } }, [
      { json: { ...goodToken, token_type } },
    ])
    expect((await login()).tokenType).toBe('Bearer')
    expect(normalised()).toEqual([])
  })

  test('#4: expires_in as a string', async () => {
    const { login } = await deviant({}, [{ json: { ...goodToken, expires_in: '3600' } }])
    expect((await login()).expiresAt).toBe(now + 3_600_000)
  })

  test('#11: refresh_token_expires_in', async () => {
    const { login } = await deviant({}, [{ json: { ...goodToken, refresh_token_expires_in: 60 } }])
    expect((await login()).refreshExpiresAt).toBe(now + 60_000)
  })

  test('#13: a refresh whose response has no refresh token', async () => {
    const { refresh } = await deviant({})
    expect((await refresh('canary-kept')).refreshToken).toBe('canary-kept')
  })

  test.each(['text/html', 'text/plain', 'application/octet-stream'])('#26: JSON that is called %s', async (type) => {
    const { login } = await deviant({}, [{ json: goodToken, headers: { 'content-type': type } }])
    expect((await login()).accessToken).toBe(goodToken['access_token'])
  })

  test('#49: an unknown field is kept, and survives a refresh', async () => {
    const instance = { json: { ...goodToken, refresh_token: 'canary-1', instance_url: 'https://eu.acme.example' } }
    const { login, refresh } = await deviant({}, [instance, { json: goodToken }])
    expect((await refresh(await login())).extra).toEqual({ instance_url: 'https://eu.acme.example' })
  })

  test('#51: an ID token that nobody asked for is left unread', async () => {
    const { login } = await deviant({}, [{ json: { ...goodToken, id_token: 'canary-1.canary-2.canary-3' } }])
    expect((await login()).extra).toEqual({ id_token: 'canary-1.canary-2.canary-3' })
  })
})

describe('a declared deviation', () => {
  const everything: NonNullable<ProviderDefinition['tokenResponse']> = {
    tokenType: 'Bearer',
    formEncoded: true,
    statuses: [201],
    envelope: 'data',
    members: { access_token: 'a.token' },
    absent: { scope: [null] },
    scopeArray: true,
    scopeSeparator: ',',
    expiresIn: { default: 60 },
    error: { status: 200, code: 'errcode', success: [0] },
  }

  test('that is not used changes nothing, and emits no event', async () => {
    const { login, normalised } = await deviant({ tokenResponse: everything }, [
      { json: { ...goodToken, scope: 'read', errcode: 0 } },
    ])
    expect(await login()).toMatchObject({ ...soon, scope: ['read'], extra: { errcode: 0 } })
    expect(normalised()).toEqual([])
  })

  test.each([
    ['an access token that is not a string', { data: { a: { token: 7 }, token_type: 'Bearer' } }],
    ['an access token that no header carries', { a: { token: 'a\r\nb' }, token_type: 'Bearer' }],
    ['no access token at all', { data: { token_type: 'Bearer' } }],
    ['a scope of numbers', { ...goodToken, scope: [1] }],
    ['a refresh token that is not a string', { ...goodToken, refresh_token: 1 }],
  ])('leaves every other check in place: %s', async (_name, json) => {
    const { login } = await deviant({ tokenResponse: everything }, [{ json }])
    expect((await errorOf(login())).code).toBe('token_response_invalid')
  })

  test.each([-5, 'tomorrow', '2026-13-45T00:00:00Z', null])(
    'leaves a date that is none refused: %j',
    async (expires_in) => {
      const { login } = await deviant({ tokenResponse: { expiresIn: { format: 'date' } } }, [
        { json: { ...goodToken, expires_in } },
      ])
      expect((await errorOf(login())).code).toBe('token_response_invalid')
    },
  )

  test('an end that has passed is now', async () => {
    const { login } = await deviant({ tokenResponse: { expiresIn: { format: 'epoch_seconds' } } }, [
      { json: { ...goodToken, expires_in: 5 } },
    ])
    expect((await login()).expiresAt).toBe(now)
  })

  test('nesting without end is refused, not overflowed', async () => {
    const text = `{"access_token":"canary","token_type":"Bearer","deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    const { login } = await deviant({ tokenResponse: everything }, [{ text }])
    expect((await errorOf(login())).code).toBe('token_response_invalid')
  })

  test('a rotated refresh token is not lost when the rest of the response is refused', async () => {
    const { provider } = await deviant({ tokenResponse: { members: { refresh_token: 'next' } } }, [
      { json: { next: 'canary-next', token_type: 'Bearer' } },
    ])
    expect(await provider.grant(Refresh).exchange('canary-old')).toMatchObject({
      error: { code: 'token_response_invalid' },
      rescued: 'canary-next',
    })
  })

  test('is used by every grant, and the event says by which', async () => {
    const { provider, normalised } = await deviant({ tokenResponse: { tokenType: 'Bearer' } }, [{ json: untyped }])
    await provider.grant(ClientCredentials).requestToken()
    await provider.grant(Refresh).requestToken(Token.from({ accessToken: 'canary', refreshToken: 'canary-2' }))
    expect(normalised()).toEqual(['tokenResponse.tokenType', 'tokenResponse.tokenType'])
  })
})
