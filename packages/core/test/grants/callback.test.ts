import { describe, expect, test } from 'vitest'
import { begin } from '../support/begun-login.ts'
import { redirectUri } from '../support/scene.ts'

describe('5.8 callback parsing', () => {
  test.each([
    ['an absolute URL', (query: string) => `https://app.example/cb${query}`],
    ['a path', (query: string) => `/cb${query}`],
    ['a query', (query: string) => query],
    ['a custom scheme', (query: string) => `com.example://callback${query}`],
    ['pasted text without a scheme', (query: string) => `redir.example${query}`],
    ['a URL object', (query: string) => new URL(`https://app.example/cb${query}#fragment`)],
    ['a Request', (query: string) => new Request(`https://app.example/cb${query}`)],
    ['URLSearchParams', (query: string) => new URLSearchParams(query)],
  ])('R15: the callback may be %s, and what is unknown in it is ignored', async (_, callbackOf) => {
    const { login, transaction, state, lastRequest } = await begin()
    await login.requestToken(callbackOf(`?code=canary-code&state=${state}&foo=1&session_state=2`), transaction)
    expect((await lastRequest()).form).toMatchObject({ code: 'canary-code', redirect_uri: redirectUri })
  })

  test('R241: form_post: the callback may be a POST whose query says something else', async () => {
    const { login, transaction, state, lastRequest } = await begin()
    const body = new URLSearchParams({ code: 'canary-code', state })
    await login.requestToken(
      new Request('https://app.example/cb?code=evil&state=evil', { method: 'POST', body }),
      transaction,
    )
    expect((await lastRequest()).form?.['code']).toBe('canary-code')
  })

  test('R241: the content type of a form is read in any case', async () => {
    const { login, transaction, state, lastRequest } = await begin()
    const headers = { 'content-type': 'Application/X-WWW-Form-Urlencoded; charset=UTF-8' }
    const body = new TextEncoder().encode(`code=canary-code&state=${state}`)
    await login.requestToken(new Request('https://app.example/cb', { method: 'POST', headers, body }), transaction)
    expect((await lastRequest()).form?.['code']).toBe('canary-code')
  })

  test('R17: a code with reserved characters arrives as it was issued', async () => {
    const { login, transaction, state, lastRequest } = await begin()
    await login.requestToken(`?code=${encodeURIComponent('canary/0A+b=c&d e')}&state=${state}`, transaction)
    expect((await lastRequest()).form?.['code']).toBe('canary/0A+b=c&d e')
  })

  test('R16: a denial is an error of its own', async () => {
    const { finish, state } = await begin()
    const error = await finish(
      `?error=access_denied&error_description=The+user+said+no&error_uri=https://id.example/e&state=${state}`,
    )
    expect(error).toMatchObject({
      code: 'authorization_denied',
      action: 'none',
      oauth: { error: 'access_denied', errorDescription: 'The user said no', errorUri: 'https://id.example/e' },
    })
  })

  test.each([
    'invalid_request',
    'unauthorized_client',
    'unsupported_response_type',
    'invalid_scope',
    'server_error',
    'temporarily_unavailable',
    'interaction_required',
    'login_required',
    'account_selection_required',
    'consent_required',
    'invalid_request_uri',
    'registration_not_supported',
  ])('R16, R242: the error %s is authorization_error', async (name) => {
    const { finish, state } = await begin()
    expect(await finish(`?error=${name}&state=${state}`)).toMatchObject({
      code: 'authorization_error',
      oauth: { error: name },
    })
  })

  test.each([
    ['neither a code nor an error', '?state={state}'],
    ['an empty code', '?code=&state={state}'],
    ['a control character in the code', '?code=canary%00&state={state}'],
    ['a line break in the code', '?code=canary%0D%0A&state={state}'],
    ['a code that is not ASCII', '?code=canary%C3%A9&state={state}'],
  ])('R33: %s is refused', async (_, callback) => {
    const { finish, state } = await begin()
    expect((await finish(callback.replaceAll('{state}', state))).code).toBe('callback_invalid')
  })

  test.each([
    '?code=canary-code&code=canary-other-code&state={state}',
    '?code=canary-code&code=canary-code&state={state}',
    '?code=canary-code&state={state}&state={state}',
    '?code=canary-code&state={state}&iss=a&iss=b',
    '?error=a&error=b&state={state}',
    '?error=a&error_description=b&error_description=c&state={state}',
    '?error=a&error_uri=b&error_uri=c&state={state}',
  ])('A12, G33: a parameter that stands twice is refused: %s', async (callback) => {
    const { finish, state } = await begin()
    expect((await finish(callback.replaceAll('{state}', state))).code).toBe('callback_invalid')
  })

  test.each(['access_token', 'id_token', 'token', 'response'])(
    'R148, G33: %s, which belongs to another response type, is refused',
    async (name) => {
      const { finish, state } = await begin()
      const callback = `?code=canary-code&state=${state}&${name}=canary-token`
      expect((await finish(callback)).code).toBe('callback_invalid')
    },
  )

  test.each(['/cb', '', 'https://app.example/cb#code=canary-code&state={state}', '#?code=canary-code&state={state}'])(
    'a callback without a query says what to pass: %s',
    async (callback) => {
      const { finish, state } = await begin()
      const error = await finish(callback.replaceAll('{state}', state))
      expect(error.code).toBe('callback_invalid')
      expect(error.message).toContain('the whole URL')
    },
  )

  test.each([
    ['a code of 20,000 characters', `?code=${'x'.repeat(20_000)}&state={state}`],
    ['200,000 parameters', `?${'a=1&'.repeat(200_000)}code=canary-code&state={state}`],
    ['2 MB', `?code=canary-code&state={state}&x=${'y'.repeat(2_000_000)}`],
    ['2 MB before the query', `https://app.example/${'y'.repeat(2_000_000)}?code=canary-code&state={state}`],
  ])('G34: %s are refused before they are read', async (_, callback) => {
    const { finish, state } = await begin()
    expect((await finish(callback.replaceAll('{state}', state))).code).toBe('callback_invalid')
  })

  test.each([[undefined], [null], [42], [[]]])('%j is not a callback', async (callback) => {
    const { finish } = await begin()
    expect((await finish(callback as never)).code).toBe('callback_invalid')
  })

  test('R241: a POST that is not a form, too large or read already is refused', async () => {
    const { finish, state } = await begin()
    const url = 'https://app.example/cb'
    const json = new Request(url, {
      method: 'POST',
      body: JSON.stringify({ code: 'canary-code', state }),
      headers: { 'content-type': 'application/json' },
    })
    expect((await finish(json)).code).toBe('callback_invalid')
    const read = new Request(url, { method: 'POST', body: new URLSearchParams({ code: 'canary-code', state }) })
    await read.text()
    expect((await finish(read)).message).toContain('URLSearchParams')
    const large = new Request(url, { method: 'POST', body: new URLSearchParams({ code: 'x'.repeat(100_000), state }) })
    expect((await finish(large)).code).toBe('callback_invalid')
  })
})
