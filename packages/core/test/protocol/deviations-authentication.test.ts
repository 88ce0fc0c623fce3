import { AuthorizationCode, type ProviderDefinition } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { deviant } from '../support/deviant.ts'
import { confidential, errorOf, publicClient } from '../support/scene.ts'

describe('a client', () => {
  test('#33: authenticates the client as the grant requires', async () => {
    const { login, refresh, lastRequest, normalised } = await deviant({
      clientAuthentication: { method: 'client_secret_basic' },
      grants: { refresh_token: { authentication: 'client_secret_post' } },
    })
    await login()
    expect((await lastRequest()).headers['authorization']).toMatch(/^Basic /)
    expect(normalised()).toEqual([])
    await refresh()
    expect((await lastRequest()).headers['authorization']).toBeUndefined()
    expect((await lastRequest()).form).toMatchObject({ client_id: 'cid', client_secret: confidential.clientSecret })
    expect(normalised()).toEqual(['grants.refresh_token.authentication'])
  })

  test('#33: authenticates as the client has chosen, whatever the grant requires', async () => {
    const client = { ...confidential, authentication: 'client_secret_basic' } as const
    const definition: Partial<ProviderDefinition> = {
      grants: { refresh_token: { authentication: 'client_secret_post' } },
    }
    const { refresh, lastRequest, normalised } = await deviant(definition, undefined, client)
    await refresh()
    expect((await lastRequest()).headers['authorization']).toMatch(/^Basic /)
    expect(normalised()).toEqual([])
  })

  test.each([
    ['form', 'cid+1:canary-%21+%2B', []],
    ['raw', 'cid 1:canary-! +', ['clientAuthentication.basicEncoding']],
  ] as const)('#34: writes Basic credentials as %s', async (basicEncoding, userpass, used) => {
    const client = { ...confidential, clientId: 'cid 1', clientSecret: 'canary-! +' }
    const rules = { clientAuthentication: { basicEncoding } }
    const { refresh, lastRequest, normalised } = await deviant(rules, undefined, client)
    await refresh()
    expect(normalised()).toEqual(used)
    expect(atob((await lastRequest()).headers['authorization']?.slice('Basic '.length) ?? '')).toBe(userpass)
  })

  test('#35: has the secret as the user name of Basic', async () => {
    const rules = { clientAuthentication: { basicUsername: 'client_secret' } } as const
    const { refresh, lastRequest, normalised } = await deviant(rules)
    await refresh()
    expect(normalised()).toEqual(['clientAuthentication.basicUsername'])
    const { headers } = await lastRequest()
    expect(atob(headers['authorization']?.slice('Basic '.length) ?? '')).toBe(`${confidential.clientSecret}:`)
  })

  test('a client without a secret sends Basic with an empty password, where the provider expects it', async () => {
    const definition = { clientAuthentication: { withoutSecret: 'client_secret_basic' } } as const
    const { refresh, provider, lastRequest, normalised } = await deviant(definition, undefined, publicClient)
    await refresh()
    expect(normalised()).toEqual(['clientAuthentication.withoutSecret'])
    expect((await lastRequest()).headers['authorization']).toBe(`Basic ${btoa('cid:')}`)
    expect(await errorOf(provider.grant(AuthorizationCode).authorize())).toMatchObject({ code: 'config_invalid' }) // still public: it needs PKCE
  })
})
