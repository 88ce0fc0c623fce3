import { Provider, type ProviderDefinition } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { deviant } from '../support/deviant.ts'
import { confidential, errorOf } from '../support/scene.ts'

const definition: Partial<ProviderDefinition> = {
  grants: { refresh_token: { errors: { '403': 'invalid_grant' } } },
}

/** Refreshes, and is refused as told. */
async function refuse(reply: Reply, declared = definition) {
  const { refresh, normalised } = await deviant(declared, [reply])
  const error = await errorOf(refresh())
  return { error, used: normalised() }
}

describe('an error that is only a status', () => {
  test('#67: means what the definition says, for the grant that it says it of', async () => {
    const { error, used } = await refuse({ status: 403, text: 'Forbidden' })
    expect(error).toMatchObject({
      code: 'reauthorization_required',
      action: 'reauthorize',
      status: 403,
      oauth: { error: 'invalid_grant' },
    })
    expect(used).toEqual(['grants.refresh_token.errors.403'])
  })

  test('means nothing for another grant', async () => {
    const { login, normalised } = await deviant(definition, [{ status: 403 }])
    expect(await errorOf(login())).toMatchObject({ code: 'token_error', action: 'report', status: 403 })
    expect(normalised()).toEqual([])
  })

  test.each<[string, Reply]>([
    ['another status', { status: 400 }],
    ['a server that is down', { status: 503 }],
    ['a status that no definition can name', { status: 200, text: 'Forbidden' }],
  ])('means nothing otherwise: %s', async (_, reply) => {
    const { error, used } = await refuse(reply)
    expect(error.code).not.toBe('reauthorization_required')
    expect(used).toEqual([])
  })

  test.each<[string, Reply]>([
    ['in JSON', { status: 403, json: { error: 'invalid_client' } }],
    ['in a form', { status: 403, form: { error: 'invalid_client' } }],
    ['in a challenge', { status: 403, headers: { 'www-authenticate': 'Bearer error="invalid_client"' } }],
  ])('gives way to one that the response names: %s', async (_, reply) => {
    const { error, used } = await refuse(reply)
    expect(error).toMatchObject({ code: 'token_error', oauth: { error: 'invalid_client' } })
    expect(used).toEqual([])
  })

  test('gives way to what the definition says of errors in general', async () => {
    const declared = { ...definition, tokenResponse: { error: { code: 'message', codes: { gone: 'invalid_client' } } } }
    const { error, used } = await refuse({ status: 403, json: { message: 'gone' } }, declared)
    expect(error).toMatchObject({ code: 'token_error', action: 'fix_configuration', oauth: { error: 'gone' } })
    expect(used).toEqual(['tokenResponse.error.code', 'tokenResponse.error.codes.gone'])
  })

  test.each<[string, object]>([
    ['500', { '500': 'invalid_grant' }],
    ['200', { '200': 'invalid_grant' }],
    ['4xx', { '4xx': 'invalid_grant' }],
    ['403', { '403': '' }],
    ['403', { '403': 42 }],
  ])('cannot be declared for %s: %j', async (status, errors) => {
    const metadata = { token_endpoint: 'https://id.acme.example/token' }
    const declared = { name: 'acme', metadata, grants: { refresh_token: { errors } } } as ProviderDefinition
    expect(await errorOf(() => new Provider(declared, confidential))).toMatchObject({
      code: 'config_invalid',
      message: `grants.refresh_token.errors.${status}: write the error of a status from 400 to 499, such as { '403': 'invalid_grant' }`,
    })
  })
})
