import { authorizedFetch } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { ok } from './support/api-replies.ts'
import { stage } from './support/call-stage.ts'
import { errorOf } from './support/scene.ts'
import { vectorsOf } from './support/vectors.ts'

describe('challenges', () => {
  test('R41: insufficient_scope says which scopes to ask for, and is not refreshed', async () => {
    const { fetch, url, requests, tokenRequests } = await stage([
      {
        status: 403,
        headers: { 'www-authenticate': 'Bearer realm="x", error="insufficient_scope", scope="read write"' },
      },
    ])
    expect(await errorOf(fetch(url))).toMatchObject({
      code: 'scope_insufficient',
      action: 'reauthorize',
      status: 403,
      required: { scope: ['read', 'write'] },
    })
    expect(await requests()).toHaveLength(1)
    expect(await tokenRequests()).toHaveLength(0)
  })

  test.each(vectorsOf('WWW-Authenticate: Bearer error="insufficient_user_authentication"'))(
    'R171: $name',
    async ({ input }) => {
      const { fetch, url, requests } = await stage([
        { status: 401, headers: { 'www-authenticate': String(input['header']) } },
      ])
      const error = await errorOf(fetch(url))
      expect(error).toMatchObject({
        code: 'step_up_required',
        action: 'reauthorize',
        status: 401,
        required: { scope: ['read'], maxAge: 5 },
      })
      expect(await requests(), 'R172: no loop').toHaveLength(1)
    },
  )

  test('R171: what is required is ready to be passed to authorize', async () => {
    const header = 'Bearer error="insufficient_user_authentication", acr_values="myACR", max_age=5'
    const { fetch, url, provider } = await stage([{ status: 401, headers: { 'www-authenticate': header } }])
    const { required } = await errorOf(fetch(url))
    const { Pkce } = await import('@grantkit/core')
    const next = await provider.grant(Pkce).authorize(required)
    expect(Object.fromEntries(next.url.searchParams)).toMatchObject({
      scope: 'read',
      acr_values: 'myACR',
      max_age: '5',
    })
  })

  test.each(['-1', 'abc', '1e3', ''])(
    'R173: a max_age of "%s" is not a number of seconds, and is left out',
    async (age) => {
      const header = `Bearer error="insufficient_user_authentication", max_age="${age}"`
      const { fetch, url } = await stage([{ status: 401, headers: { 'www-authenticate': header } }])
      expect((await errorOf(fetch(url))).required).toEqual({ scope: ['read'] })
    },
  )

  test('R174: the token stays as it is beside a stronger one', async () => {
    const { fetch, url, tokens } = await stage([
      { status: 401, headers: { 'www-authenticate': 'Bearer error="insufficient_user_authentication"' } },
    ])
    await errorOf(fetch(url))
    expect((await tokens.token()).accessToken).toBe('access-token-0')
  })

  test('E-39: another 403 comes back as it is, status and text', async () => {
    const { fetch, url } = await stage([{ status: 403, text: 'User not registered in the Developer Dashboard' }])
    const response = await fetch(url)
    expect([response.status, await response.text()]).toEqual([403, 'User not registered in the Developer Dashboard'])
  })

  test('a scope that the calls need is checked before anything is sent', async () => {
    const { tokens, url, requests } = await stage([ok])
    expect((await errorOf(authorizedFetch(tokens, { scope: ['admin'] })(url))).code).toBe('scope_insufficient')
    expect(await requests()).toHaveLength(0)
  })
})
