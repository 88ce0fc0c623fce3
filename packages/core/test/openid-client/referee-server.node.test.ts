import { ClientCredentials, Pkce, Provider, Refresh, type Token } from '@grantkit/core'
import { authorizationUrl, callbackUrl, configurationOf, tokenFrom } from '@grantkit/core/openid-client'
import { simulateProvider } from '@grantkit/testing/server'
import {
  authorizationCodeGrant,
  calculatePKCECodeChallenge,
  clientCredentialsGrant,
  refreshTokenGrant,
} from 'openid-client'
import { describe, expect, test } from 'vitest'
import { testClock } from '../support/clock.ts'
import { seePrint } from '../support/oracle.ts'
import { refusal } from '../support/referee.ts'
import { clientSecret, redirectUri, watched } from '../support/scene.ts'
import { authorizationServer } from '../support/servers.ts'

// The same exchanges at one server, by each way: what was sent and what came of it have to be equal.

const clock = testClock(Date.now())

const servers = {
  'the real server': async () => {
    const server = await authorizationServer({
      clients: [{ clientId: 'cid', clientSecret, redirectUris: [redirectUri] }],
    })
    const client = { clientId: 'cid', clientSecret, redirectUri }
    const logIn = async (url: URL): Promise<string> => server.logIn(url)
    return {
      definition: { name: 'acme', metadata: server.metadata },
      client,
      logIn,
      requests: server.requests,
      scope: 'openid read',
    }
  },
  'a simulated provider that deviates': async () => {
    const endpoints = {
      authorization_endpoint: 'https://id.acme.example/a',
      token_endpoint: 'https://id.acme.example/t',
    }
    const simulation = await simulateProvider(
      {
        name: 'acme',
        metadata: endpoints,
        tokenResponse: {
          tokenType: 'Bearer',
          scopeArray: true,
          envelope: 'data',
          expiresIn: { format: 'milliseconds' },
        },
        tokenRequest: { encoding: 'json', renamed: { client_id: 'appid' } },
        authorizationRequest: { renamed: { client_id: 'appid' } },
        callback: { renamed: { code: 'auth_code' } },
        scopeSeparator: ',',
      },
      { redirectUri, now: () => clock.now() },
    )
    const { definition, clients, logIn, requests } = simulation
    return { definition, client: clients.confidential, logIn, requests, scope: 'read write' }
  },
}

describe.each(Object.entries(servers))('at %s', (_, start) => {
  async function stage() {
    const { definition, client, logIn, requests, scope } = await start()
    const provider = new Provider(definition, client, { clock, onEvent: watched() })
    const configuration = await configurationOf(provider)
    /** What was sent by an action, without what differs from one login to the next. */
    const sentBy = async <T>(action: () => Promise<T>) => {
      const before = (await requests()).length
      const result = await action()
      const sent = (await requests())
        .slice(before)
        .filter(({ method, path }) => method === 'POST' && /t(?:oken)?$/.test(path))
      return {
        result,
        sent: sent.map(({ path, headers, body }) => ({ path, type: headers['content-type'], names: namesOf(body) })),
      }
    }
    const begun = async () => {
      const login = await provider.grant(Pkce).authorize({ scope: scope.split(' ') })
      const { state, nonce, codeVerifier = '' } = login.transaction
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: codeVerifier }
      return { ...login, checks: JSON.parse(JSON.stringify(checks)) as typeof checks }
    }
    return { provider, configuration, logIn, sentBy, begun, scope }
  }

  test('both begin a login with the same URL', async () => {
    const { provider, begun, scope } = await stage()
    const { url, transaction, checks } = await begun()
    const nonce = transaction.nonce === undefined ? {} : { nonce: transaction.nonce }
    const challenge = await calculatePKCECodeChallenge(checks.pkceCodeVerifier)
    const pkce = { code_challenge: challenge, code_challenge_method: 'S256' }
    const other = await authorizationUrl(provider, { scope, state: transaction.state, ...nonce, ...pkce })
    expect(parametersOf(other)).toEqual(parametersOf(url))
  })

  test('a login, a refresh and client credentials send the same and make the same tokens', async () => {
    const { provider, configuration, logIn, sentBy, begun, scope } = await stage()
    const scopes = scope.split(' ')
    const [one, two] = [await begun(), await begun()]
    const ownCallback = await logIn(one.url)
    const own = await sentBy(() => provider.grant(Pkce).requestToken(ownCallback, one.transaction))
    const url = await callbackUrl(provider, await logIn(two.url))
    const other = await sentBy(async () => {
      const response = await authorizationCodeGrant(configuration, url, two.checks as never)
      return tokenFrom(response, { scope: scopes, now: clock.now() })
    })
    expect(own.sent).toHaveLength(1)
    expect(other.sent).toEqual(own.sent)
    expect(shapeOf(other.result)).toEqual({ ...shapeOf(own.result), authorizedAt: undefined }) // the one difference

    const refreshed = await sentBy(() => provider.grant(Refresh).requestToken(own.result))
    const elsewhere = await sentBy(async () => {
      const response = await refreshTokenGrant(configuration, other.result.refreshToken ?? '')
      return tokenFrom(response, { previous: other.result, now: clock.now() })
    })
    expect(elsewhere.sent).toEqual(refreshed.sent)
    expect(shapeOf(elsewhere.result)).toEqual({ ...shapeOf(refreshed.result), authorizedAt: undefined })

    const ours = await sentBy(() => provider.grant(ClientCredentials).requestToken({ scope: scopes.slice(1) }))
    const theirs = await sentBy(async () => {
      const response = await clientCredentialsGrant(configuration, { scope: scopes.slice(1).join(' ') })
      return tokenFrom(response, { scope: scopes.slice(1), now: clock.now() })
    })
    expect(theirs.sent).toEqual(ours.sent)
    expect(shapeOf(theirs.result)).toEqual(shapeOf(ours.result))
  })

  test('both name the same error', async () => {
    const { provider, configuration, begun } = await stage()
    const { transaction, checks } = await begun()
    const callback = `?${new URLSearchParams({ code: 'canary-code', auth_code: 'canary-code', state: transaction.state, iss: provider.definition.metadata.issuer ?? 'none' })}`
    const query = provider.definition.callback
      ? callback.replace('code=canary-code&', '').replace('&iss=none', '')
      : callback
    const url = await callbackUrl(provider, query)
    const own = [
      () => provider.grant(Pkce).requestToken(query, transaction),
      () => provider.grant(Refresh).requestToken('canary-refresh-token'),
    ]
    const other = [
      () => authorizationCodeGrant(configuration, url, checks as never),
      () => refreshTokenGrant(configuration, 'canary-refresh-token'),
    ]
    for (const [i, action] of own.entries()) {
      const error = await action().catch(refusal)
      expect(error).toEqual({ refused: true, error: 'invalid_grant' })
      expect(await other[i]?.().catch(refusal)).toEqual(error)
    }
  })
})

const parametersOf = ({ origin, pathname, searchParams }: URL) => [origin, pathname, Object.fromEntries(searchParams)]
const namesOf = (body: string): string[] =>
  (body.startsWith('{') ? Object.keys(JSON.parse(body) as object) : [...new URLSearchParams(body).keys()]).toSorted()

/** A token without what is random. */
function shapeOf(token: Token) {
  seePrint('token', token)
  const { accessToken, refreshToken, idToken, claims, ...rest } = token
  const { iat, exp, nonce: _, at_hash: _hash, ...lasting } = claims ?? {}
  const lengths = [accessToken.length, refreshToken?.length, idToken?.split('.').length]
  return {
    ...rest,
    authorizedAt: token.authorizedAt,
    lengths,
    claims: lasting,
    timed: [iat, exp].map((time) => typeof time),
  }
}
