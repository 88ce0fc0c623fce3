import { ClientCredentials, Refresh } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { secretsOf } from '../../src/protocol/request-secrets.ts'
import { confidential, errorOf, scene } from '../support/scene.ts'

describe('what could be a secret in a request', () => {
  test.each<[string, Record<string, string>, Record<string, string>, string[]]>([
    ['nothing, where nothing is sent', {}, {}, []],
    [
      'no header that every request has',
      { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'grantkit' },
      {},
      [],
    ],
    [
      'a credential, with its scheme and without',
      { authorization: 'Basic Y2lkOg==' },
      {},
      ['Basic Y2lkOg==', 'Y2lkOg=='],
    ],
    ['a header without a scheme', { 'x-api-key': 'canary-key' }, {}, ['canary-key', 'canary-key']],
    [
      'each parameter that is not known to be none',
      {},
      { refresh_token: 'canary-refresh', client_secret: 'canary-secret', login_hint: 'ada' },
      ['canary-refresh', 'canary-secret', 'ada'],
    ],
    [
      'a code, an assertion or a token of any grant',
      {},
      {
        device_code: 'canary-device',
        auth_req_id: 'canary-request',
        client_notification_token: 'canary-ping',
        assertion: 'canary-assertion',
        subject_token: 'canary-subject',
        actor_token: 'canary-actor',
        login_hint_token: 'canary-hint',
      },
      [
        'canary-device',
        'canary-request',
        'canary-ping',
        'canary-assertion',
        'canary-subject',
        'canary-actor',
        'canary-hint',
      ],
    ],
    [
      'no parameter that anybody may read',
      {},
      {
        grant_type: 'authorization_code',
        client_id: 'cid',
        scope: 'read',
        redirect_uri: 'https://app.example/cb',
        resource: 'https://api.example',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        token_type_hint: 'refresh_token',
        audience: 'billing',
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        actor_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        requested_token_type: 'urn:ietf:params:oauth:token-type:saml2',
      },
      [],
    ],
  ])('is %s', (_, headers, body, secrets) => {
    expect(secretsOf(new Headers(headers), new URLSearchParams(body))).toEqual(secrets)
  })
})

describe('an error', () => {
  test('shows what the provider says about the request, unless it is a secret', async () => {
    const error_description = 'cid may not ask for reports with client_credentials as application/json'
    const { provider } = await scene({ status: 400, json: { error: 'unauthorized_client', error_description } })
    const error = await errorOf(
      provider()
        .grant(ClientCredentials)
        .requestToken({ scope: ['reports'] }),
    )
    expect(error.oauth?.errorDescription).toBe(error_description)
  })

  test('shows neither the header of the client nor the credential in it', async () => {
    const credential = btoa(`cid:${String(confidential.clientSecret)}`)
    const error_description = `Basic ${credential} is wrong, try ${credential}`
    const { provider } = await scene({ status: 401, json: { error: 'invalid_client', error_description } })
    const error = await errorOf(provider().grant(Refresh).requestToken('canary-refresh'))
    expect(error.oauth?.errorDescription).toBe('[redacted] is wrong, try [redacted]')
  })
})
