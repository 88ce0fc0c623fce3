import { GrantError, type ProviderHooks, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { deviant, now } from '../support/deviant.ts'
import { confidential, errorOf } from '../support/scene.ts'

const xml = { text: '<Access_Token><Token>canary-xml</Token><Expires>3600</Expires></Access_Token>' }

/** Concur's kind of response, read by a few expressions. */
const readXml: NonNullable<ProviderHooks['response']> = ({ body }) => {
  const member = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1]
  if (!body.startsWith('<')) return undefined
  if (member('Error') !== undefined) return { error: 'invalid_grant', error_description: member('Error') }
  return { access_token: member('Token'), token_type: 'Bearer', expires_in: member('Expires') }
}

describe('the response hook', () => {
  test('#30: reads a response that data cannot describe', async () => {
    const { login, normalised } = await deviant({ hooks: { response: readXml } }, [xml])
    expect(await login()).toMatchObject({ accessToken: 'canary-xml', expiresAt: now + 3_600_000 })
    expect(normalised()).toEqual(['hooks.response'])
  })

  test('reads errors, too, whatever their status', async () => {
    for (const status of [200, 400]) {
      const { refresh } = await deviant({ hooks: { response: readXml } }, [{ status, text: '<Error>is dead</Error>' }])
      expect(await errorOf(refresh())).toMatchObject({
        code: 'reauthorization_required',
        oauth: { error: 'invalid_grant', errorDescription: 'is dead' },
      })
    }
  })

  test('that returns nothing leaves the response to the core, and emits no event', async () => {
    const { login, normalised } = await deviant({ hooks: { response: () => undefined } })
    expect(await login()).toBeInstanceOf(Token)
    expect(normalised()).toEqual([])
  })

  test('cannot make a token of what is none', async () => {
    const { login } = await deviant({ hooks: { response: () => ({ access_token: 'a b', token_type: 'Bearer' }) } })
    expect((await errorOf(login())).code).toBe('token_response_invalid')
  })
})

describe('the request hook', () => {
  test('#53: adds what is computed for each request', async () => {
    const { refresh, lastRequest, normalised } = await deviant({
      hooks: {
        request: async ({ headers, body, grantType, clientSecret, url }) => {
          headers.set('x-request-id', 'id-1')
          body.set('action', 'requesttoken')
          body.set('signature', `${grantType} ${clientSecret?.length} ${url.pathname}`)
        },
      },
    })
    await refresh()
    const { headers, form } = await lastRequest()
    expect(headers['x-request-id']).toBe('id-1')
    expect(form).toMatchObject({
      action: 'requesttoken',
      signature: `refresh_token ${confidential.clientSecret?.length} /token`,
    })
    expect(normalised()).toEqual(['hooks.request'])
  })

  test('sees the request after everything else was declared, and before it is encoded', async () => {
    const names: string[][] = []
    const { login, lastRequest } = await deviant({
      clientAuthentication: { method: 'client_secret_post' },
      tokenRequest: { encoding: 'json', renamed: { client_id: 'client_key' } },
      hooks: {
        request: ({ body }) => {
          names.push([...body.keys()])
          body.set('late', '1')
        },
      },
    })
    await login()
    expect(names.flat()).toContain('client_key')
    expect(JSON.parse((await lastRequest()).body)).toMatchObject({ late: '1', client_key: 'cid' })
  })
})

describe('the callback hook', () => {
  test('refuses a callback by throwing', async () => {
    const { login, server } = await deviant({
      hooks: {
        callback: ({ parameters }) => {
          if (!parameters.has('hmac')) throw new Error('the signature is missing')
        },
      },
    })
    const error = await errorOf(login())
    expect(error).toMatchObject({ code: 'callback_invalid', action: 'reauthorize' })
    expect(error.cause).toMatchObject({ message: 'the signature is missing' })
    expect(await server.requests()).toHaveLength(0)
  })

  test('changes parameters before they are read', async () => {
    const { login, lastRequest, normalised } = await deviant({
      callback: { kept: ['shop'] },
      hooks: {
        callback: ({ parameters }) => {
          parameters.set('code', 'canary-other')
          parameters.set('shop', 'blue')
        },
      },
    })
    expect((await login()).extra).toEqual({ shop: 'blue' })
    expect((await lastRequest()).form).toMatchObject({ code: 'canary-other' })
    expect(normalised()).toEqual(['hooks.callback', 'callback.kept'])
  })

  test('does not get around the state', async () => {
    const hooks: ProviderHooks = { callback: ({ parameters }) => parameters.set('state', 'mine') }
    const { login } = await deviant({ hooks })
    expect((await errorOf(login())).code).toBe('state_mismatch')
  })
})

test.each([
  ['request', 'config_invalid'],
  ['response', 'token_response_invalid'],
  ['callback', 'callback_invalid'],
] as const)('what the %s hook throws is %s, without what it was given', async (stage, code) => {
  const fail = (given: object): never => {
    throw new TypeError(
      `cannot read ${JSON.stringify(given)} ${String(Reflect.get(given, 'body'))} ${confidential.clientSecret}`,
    )
  }
  const { login } = await deviant({ hooks: { [stage]: fail } }, [xml])
  const error = await errorOf(login())
  expect(error).toMatchObject({ code, cause: { name: 'TypeError' } })
})

test('an error of the library’s own passes a hook as it is', async () => {
  const own = new GrantError('rate_limited', 'later')
  const { login } = await deviant({
    hooks: {
      request: () => {
        throw own
      },
    },
  })
  expect((await errorOf(login())).toJSON()).toEqual(own.toJSON())
})
