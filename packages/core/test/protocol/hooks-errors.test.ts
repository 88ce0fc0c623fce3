import { GrantError, type ProviderHooks } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { Deviations } from '../../src/protocol/deviations/deviations.ts'
import type { ResponseHeaders } from '../../src/transport/transport.ts'
import { deviant, now } from '../support/deviant.ts'
import { clientSecret, errorOf, goodToken } from '../support/scene.ts'
import { answerOf } from '../support/used.ts'

/** The error of a login whose hook throws what it makes of what it is given. */
async function failing<Stage extends keyof ProviderHooks>(
  stage: Stage,
  say: (given: Parameters<NonNullable<ProviderHooks[Stage]>>[0]) => string,
): Promise<GrantError> {
  const hook = (given: never): never => {
    throw new TypeError(say(given))
  }
  const { login } = await deviant({ hooks: { [stage]: hook } }, [{ text: 'canary-answer' }])
  return errorOf(login())
}

describe('a hook that fails is named, and nothing that it was given is shown:', () => {
  test('the code, the state and the client secret of a callback', async () => {
    const error = await failing(
      'callback',
      ({ parameters, clientSecret: secret }) =>
        `${parameters.get('code')} of ${parameters.get('state')} with ${secret}`,
    )
    expect(error).toMatchObject({
      code: 'callback_invalid',
      action: 'reauthorize',
      message: 'the callback hook of acme failed',
      cause: { name: 'TypeError', message: '[redacted] of [redacted] with [redacted]' },
    })
  })

  test('the code and the credentials of a request', async () => {
    const error = await failing('request', ({ body, headers }) =>
      [body.get('code'), headers.get('authorization'), body.get('grant_type')].join(', '),
    )
    expect(error).toMatchObject({
      code: 'config_invalid',
      message: 'the request hook of acme failed',
      cause: { message: '[redacted], [redacted], authorization_code' },
    })
  })

  test('the body of a response', async () => {
    const error = await failing('response', ({ body, status }) => `${body}, ${status}`)
    expect(error).toMatchObject({
      code: 'token_response_invalid',
      message: 'the response hook of acme failed',
      cause: { message: '[redacted], 200' },
    })
  })
})

describe('what a response hook returns', () => {
  const read = (hook: NonNullable<ProviderHooks['response']>, headers?: ResponseHeaders) => {
    const provider = {
      name: 'acme',
      metadata: { token_endpoint: 'https://id.acme.example/token' },
      hooks: { response: hook },
    }
    const deviations = new Deviations({ provider, clientId: 'cid', clientSecret, emit: () => undefined })
    const answer = answerOf('a response', 200, { 'x-kind': 'a' })
    return deviations.response(
      { purpose: 'refresh_token', isTokenRequest: true },
      { ...answer, headers: headers ?? answer.headers },
      now,
    )
  }

  test.each<[string, Record<string, unknown>, boolean]>([
    ['an error, and a token with it', { error: 'x', access_token: 'y' }, true],
    ['a token', { access_token: 'y' }, false],
    ['an error that is not a string', { error: 7, access_token: 'y' }, false],
  ])('is %s', async (_, members, failed) => {
    const answer = await read(() => members)
    expect(answer.failed ?? false).toBe(failed)
    expect(JSON.parse(answer.body)).toEqual(members)
  })

  test('is an error of the server, even beside something that is called a token', async () => {
    const response = () => ({ error: 'invalid_grant', access_token: 'canary-none', token_type: 'Bearer' })
    const { refresh } = await deviant({ hooks: { response } }, [{ json: goodToken }])
    expect(await errorOf(refresh())).toMatchObject({ code: 'reauthorization_required', action: 'reauthorize' })
  })

  test('may come from the headers, which are Headers whatever carried the response', async () => {
    const given: ResponseHeaders = {
      get: () => null,
      [Symbol.iterator]: () => [['X-Kind', 'b'] as [string, string]][Symbol.iterator](),
    }
    const kinds: unknown[] = []
    const hook: NonNullable<ProviderHooks['response']> = ({ headers }) => {
      kinds.push(headers instanceof Headers, headers.get('x-kind'))
      return undefined
    }
    await read(hook)
    await read(hook, given)
    expect(kinds).toEqual([true, 'a', true, 'b'])
  })
})
