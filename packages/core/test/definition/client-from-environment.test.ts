import { clientFromEnvironment, Provider } from '@grantkit/core'
import { describe, expect, test, vi } from 'vitest'
import { metadata } from '../support/acme.ts'
import { errorOf } from '../support/scene.ts'

const all = {
  ACME_CLIENT_ID: 'cid',
  ACME_CLIENT_SECRET: 'canary-secret',
  ACME_REDIRECT_URI: 'http://127.0.0.1:8888/callback',
}

describe('a client from the environment', () => {
  test('E-69, SP-1: the ID, the secret and the redirect URI are read by their prefix', () => {
    const others = { OTHER_CLIENT_ID: 'no', CLIENT_ID: 'no', ACME_CLIENT_USERNAME: 'no' }
    expect(clientFromEnvironment('ACME', { ...others, ...all })).toStrictEqual({
      clientId: 'cid',
      clientSecret: 'canary-secret',
      redirectUri: 'http://127.0.0.1:8888/callback',
    })
  })

  test('E-69: only the client ID is required, and what is empty counts as missing', () => {
    const env = { ACME_CLIENT_ID: ' cid\r', ACME_CLIENT_SECRET: '', ACME_REDIRECT_URI: '  ' }
    const client = clientFromEnvironment('ACME', env)
    expect(client).toStrictEqual({ clientId: 'cid' })
    expect(new Provider({ name: 'acme', metadata }, client).redirectUris).toEqual([])
  })

  test('E-69: two tenants have a prefix each', () => {
    const env = { A_CLIENT_ID: 'a', A_CLIENT_SECRET: 'canary-a', B_CLIENT_ID: 'b' }
    expect([clientFromEnvironment('A', env), clientFromEnvironment('B', env)]).toStrictEqual([
      { clientId: 'a', clientSecret: 'canary-a' },
      { clientId: 'b' },
    ])
  })

  test.each([[{}], [{ ACME_CLIENT_ID: '' }], [{ ACME_CLIENT_ID: ' ' }], [{ ...all, ACME_CLIENT_ID: undefined }]])(
    'E-69, SP-1: without a client ID, the variable to set is named: %#',
    async (env) => {
      const { code, message } = await errorOf(() => clientFromEnvironment('ACME', env))
      expect([code, message]).toEqual(['config_invalid', expect.stringMatching(/^ACME_CLIENT_ID is not set/)])
    },
  )

  test.each([[''], ['ACME_'], ['my app'], ['A=B'], [undefined], [42]])('%j is not a prefix', async (prefix) => {
    expect((await errorOf(() => clientFromEnvironment(prefix as never, all))).message).toContain('"SPOTIFY"')
  })

  test('the variables of the process are read where none are given', async () => {
    vi.stubGlobal('process', { ...globalThis.process, env: all })
    const { clientId } = clientFromEnvironment('ACME')
    vi.stubGlobal('process', undefined)
    const error = await errorOf(() => clientFromEnvironment('ACME'))
    vi.unstubAllGlobals()
    expect(clientId).toBe('cid')
    expect(error.message).toContain('pass those it hands over, clientFromEnvironment("ACME", env)')
  })
})
