import { authorizedFetch, ClientCredentials, Token, TokenExchange, type TokenExchangeInput } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { clientSecret, errorOf, goodToken, scene } from '../support/scene.ts'

const type = (name: string) => `urn:ietf:params:oauth:token-type:${name}`
const exchanged = { json: { ...goodToken, issued_token_type: type('access_token') } }
const held = Token.from({ accessToken: 'canary-access', refreshToken: 'canary-refresh', idToken: 'canary-id' })
const said = { subjectToken: 'canary-subject', subjectTokenType: 'access_token' } as const

/** A provider that exchanges tokens. */
async function stage(reply: Reply = exchanged) {
  const { provider, lastRequest, tokenRequests } = await scene(reply)
  const acme = provider()
  return { acme, exchange: acme.grant(TokenExchange), lastRequest, tokenRequests }
}

describe('a token is exchanged', () => {
  test('R104: with the form of the standard, and the client authenticates', async () => {
    const { exchange, lastRequest } = await stage()
    const input = { ...said, actorToken: 'canary-actor', actorTokenType: 'jwt', requestedTokenType: 'jwt' } as const
    const token = await exchange.requestToken({ ...input, audience: 'billing' }, { scope: ['read'] })
    const { form, headers } = await lastRequest()
    expect(headers['authorization']).toBe(`Basic ${btoa(`cid:${clientSecret}`)}`)
    expect(form).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: 'canary-subject',
      subject_token_type: type('access_token'),
      actor_token: 'canary-actor',
      actor_token_type: type('jwt'),
      requested_token_type: type('jwt'),
      audience: 'billing',
      scope: 'read',
    })
    expect(token.extra['issued_token_type']).toBe(type('access_token'))
    expect(token.scope).toEqual(['read'])
  })

  test.each([
    [undefined, 'canary-access', 'access_token'],
    ['jwt', 'canary-access', 'jwt'],
    ['id_token', 'canary-id', 'id_token'],
    ['refresh_token', 'canary-refresh', 'refresh_token'],
  ] as const)('of a Token, by its type %s, for the subject and whoever acts', async (subjectTokenType, text, name) => {
    const { exchange, lastRequest } = await stage()
    await exchange.requestToken({
      subjectToken: held,
      subjectTokenType,
      actorToken: held,
      actorTokenType: subjectTokenType,
    })
    expect((await lastRequest()).form).toMatchObject({
      subject_token: text,
      subject_token_type: type(name),
      actor_token: text,
      actor_token_type: type(name),
    })
  })

  test.each(['saml1', 'saml2', 'urn:acme:token', 'https://acme.example/token-type'] as const)(
    'of the type %s',
    async (subjectTokenType) => {
      const { exchange, lastRequest } = await stage()
      await exchange.requestToken({ ...said, subjectTokenType })
      const uri = subjectTokenType.includes(':') ? subjectTokenType : type(subjectTokenType)
      expect((await lastRequest()).form?.['subject_token_type']).toBe(uri)
    },
  )

  test('R105: for several audiences and resources, each a parameter', async () => {
    const { exchange, lastRequest } = await stage()
    const resource = ['https://a.example/', 'https://b.example/']
    const token = await exchange.requestToken({ ...said, audience: ['billing', 'mail'] }, { resource })
    const sent = new URLSearchParams((await lastRequest()).body)
    expect(sent.getAll('audience')).toEqual(['billing', 'mail'])
    expect(sent.getAll('resource')).toEqual(resource)
    expect(token.resource).toEqual(resource)
  })
})

describe('nothing is sent', () => {
  test.each<[string, object | undefined, string]>([
    ['without an input', undefined, 'subjectToken'],
    ['without a subject', {}, 'subjectToken is a Token or a string'],
    ['with an empty subject', { ...said, subjectToken: '' }, 'an empty string'],
    ['R104: with a subject without its type', { subjectToken: 'canary' }, `write subjectTokenType: 'access_token'`],
    ['R104: with an actor without its type', { ...said, actorToken: 'canary' }, `write actorTokenType:`],
    ['R104: with the type of nobody', { ...said, actorTokenType: 'jwt' }, 'leave it out'],
    ['with a misspelt type', { ...said, subjectTokenType: 'acces_token' }, 'write "access_token"'],
    ['with a type that is no string', { ...said, requestedTokenType: 7 }, 'requestedTokenType is a string'],
    [
      'with a Token that lacks what is said',
      { subjectToken: Token.from({ accessToken: 'canary-a' }), subjectTokenType: 'id_token' },
      'has no such token',
    ],
    ['with a resource among the input', { ...said, resource: 'https://a.example/' }, '{ resource }'],
    ['with a scope among the input', { ...said, scope: ['read'] }, `{ scope: ['read'] }`],
    ['with an audience that is no string', { ...said, audience: [7] }, '"audience"'],
  ])('%s', async (_, input, advice) => {
    const { exchange, tokenRequests } = await stage()
    const error = await errorOf(exchange.requestToken(input as TokenExchangeInput))
    expect(error).toMatchObject({ code: 'config_invalid', message: expect.stringContaining(advice) })
    expect(await tokenRequests()).toHaveLength(0)
  })

  test('and what lacks something does not compile', async () => {
    const { exchange } = await stage()
    // @ts-expect-error a string needs its type
    const subject = exchange.requestToken({ subjectToken: 'canary' })
    // @ts-expect-error an actor that is a string needs its type
    const actor = exchange.requestToken({ ...said, actorToken: 'canary' })
    // @ts-expect-error a misspelt type
    const misspelt = exchange.requestToken({ subjectToken: held, subjectTokenType: 'acces_token' })
    for (const refused of [subject, actor, misspelt]) expect((await errorOf(refused)).code).toBe('config_invalid')
  })
})

describe('the response', () => {
  test('R106: has to say what was issued', async () => {
    const { exchange } = await stage({ json: goodToken })
    const error = await errorOf(exchange.requestToken(said))
    expect(error).toMatchObject({ code: 'token_response_invalid', provider: 'acme', action: 'report' })
    expect(error.message).toContain('issued_token_type')
  })

  test('R107: may be something other than an access token, which no API is ever sent', async () => {
    const assertion = { access_token: 'canary-assertion', token_type: 'N_A', issued_token_type: type('saml2') }
    const { exchange } = await stage({ json: assertion })
    const token = await exchange.requestToken({ ...said, requestedTokenType: 'saml2' })
    expect(token).toMatchObject({ tokenType: 'N_A', accessToken: 'canary-assertion' })
    const api = authorizedFetch(token, { origins: ['http://127.0.0.1:9'] })
    const error = await errorOf(api('http://127.0.0.1:9/'))
    expect(error).toMatchObject({ code: 'token_type_unsupported', message: expect.stringContaining('N_A') })
  })

  test('R107: may be so for no other grant', async () => {
    const { acme } = await stage({ json: { ...goodToken, token_type: 'N_A' } })
    expect((await errorOf(acme.grant(ClientCredentials).requestToken())).code).toBe('token_type_unsupported')
  })

  test.each([
    ['invalid_target', 'report'],
    ['invalid_request', 'report'],
    ['invalid_grant', 'reauthorize'],
    ['invalid_client', 'fix_configuration'],
  ])('R108: with %s is token_error, without the tokens that were sent', async (name, action) => {
    const json = { error: name, error_description: 'canary-subject may not go to billing' }
    const { exchange } = await stage({ status: 400, json })
    const error = await errorOf(exchange.requestToken({ ...said, audience: 'billing' }))
    expect(error).toMatchObject({ code: 'token_error', action, oauth: { error: name } })
    expect(error.oauth?.errorDescription).toBe('[redacted] may not go to billing')
  })
})
