import { Saml2Bearer } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { errorOf, scene } from '../support/scene.ts'

/** RFC 4648 §5, by hand. */
const base64url = (bytes: Uint8Array) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

const xml = '<saml:Assertion ID="canary-assertion">ÿ~~~???>>></saml:Assertion>'

describe('a SAML assertion', () => {
  test('R115: is sent as base64url, without padding and line breaks', async () => {
    const { provider, lastRequest } = await scene()
    const bytes = new TextEncoder().encode(xml)
    const token = await provider()
      .grant(Saml2Bearer)
      .requestToken(bytes, { scope: ['read'] })
    const { form } = await lastRequest()
    expect(form).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:saml2-bearer',
      assertion: base64url(bytes),
      scope: 'read',
    })
    expect(form?.['assertion']).toMatch(/^[\w-]+$/)
    expect(token.hasScope('read')).toBe(true)
  })

  test.each([1, 2, 3, 24_575, 24_576, 24_577, 200_000])('of %i bytes is whole', async (length) => {
    const { provider, lastRequest } = await scene()
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 31) % 256)
    await provider().grant(Saml2Bearer).requestToken(bytes)
    const sent = (await lastRequest()).form?.['assertion'] ?? ''
    const decoded = Uint8Array.from(atob(sent.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
    expect(decoded).toEqual(bytes)
  })

  test('that is base64url already is sent as it is', async () => {
    const { provider, lastRequest } = await scene()
    await provider().grant(Saml2Bearer).requestToken('canary-PHNhbWw_')
    expect((await lastRequest()).form?.['assertion']).toBe('canary-PHNhbWw_')
  })

  test.each<[string, unknown, string]>([
    ['XML', ` \n${xml}`, 'new TextEncoder().encode(xml)'],
    ['padded base64', 'Y2FuYXJ5LQ==', 'without ='],
    ['base64', 'canary+/canary', 'with - and _'],
    ['base64 in lines', 'canary\r\ncanary', 'line breaks'],
    ['an empty string', '', 'as bytes'],
    ['some other string', 'canary!', 'as bytes'],
    ['no bytes', new Uint8Array(), 'in a Uint8Array'],
    ['nothing', undefined, 'not undefined'],
    ['a number', 7, 'not a number'],
  ])('that is %s says what to pass, and nothing is sent', async (_, assertion, advice) => {
    const { provider, tokenRequests } = await scene()
    const error = await errorOf(
      provider()
        .grant(Saml2Bearer)
        .requestToken(assertion as string),
    )
    expect(error).toMatchObject({ code: 'config_invalid', message: expect.stringContaining(advice) })
    expect(await tokenRequests()).toHaveLength(0)
  })

  test.each([
    ['invalid_grant', 'reauthorize'],
    ['invalid_client', 'fix_configuration'],
  ])('R114: that the server refuses with %s is token_error', async (name, action) => {
    const json = { error: name, error_description: 'canary-PHNhbWw is too old' }
    const { provider } = await scene({ status: 400, json })
    const error = await errorOf(provider().grant(Saml2Bearer).requestToken('canary-PHNhbWw'))
    expect(error).toMatchObject({ code: 'token_error', action, oauth: { error: name } })
  })
})
