import { type FaultyRequest, type LocalFaultServer, type Reply, startFaultServer } from '@grantkit/testing/server'

/** Starts what answers for `https://api.acme.example`. README.md says what it does. */
export async function startApi(authorizationServer: string): Promise<LocalFaultServer> {
  const api: LocalFaultServer = await startFaultServer()
  const guarded =
    (answer: (request: FaultyRequest, scope: readonly string[]) => Reply) => async (request: FaultyRequest) => {
      const scope = await scopeOf(authorizationServer, request.headers['authorization'])
      return scope ? answer(request, scope) : challenge(401, 'error="invalid_token"')
    }
  await api.reply(
    '/v1/me',
    guarded(({ body }) => ({ json: { name: 'Ada', ...(body !== '' && JSON.parse(body)) } })),
  )
  await api.reply(
    '/v1/reports',
    guarded((_, scope) => (scope.includes('reports') ? { json: [] } : needsReports)),
  )
  await api.reply(
    '/v1/payments',
    guarded(() => needsStrongLogin),
  )
  await api.reply('/v1/busy', busyFor('1'), { json: { answer: 42 } })
  await api.reply('/v1/export', busyFor('86400'))
  await api.reply('/v1/workspace', { status: 403, json: { code: 'NO_SEAT', message: 'forbidden' } })
  return api
}

const needsReports = challenge(403, 'error="insufficient_scope", scope="reports"')
const needsStrongLogin = challenge(401, 'error="insufficient_user_authentication", acr_values="gold", max_age="300"')

function challenge(status: number, parameters: string): Reply {
  return { status, headers: { 'www-authenticate': `Bearer ${parameters}` }, json: { error: status } }
}

function busyFor(seconds: string): Reply {
  return { status: 429, headers: { 'retry-after': seconds }, text: 'busy' }
}

/** The scopes of a token, as the authorization server knows them; undefined for a dead one. */
async function scopeOf(server: string, authorization = ''): Promise<readonly string[] | undefined> {
  const response = await fetch(`${server}/api/echo`, { headers: { authorization } })
  if (!response.ok) return undefined
  const { scope } = (await response.json()) as { scope: string }
  return scope.split(' ')
}
