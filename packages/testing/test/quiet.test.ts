import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const script = `
  import { startAuthorizationServer, startFaultServer } from '@grantkit/testing/server'
  const server = await startAuthorizationServer()
  const spotify = await startAuthorizationServer({ like: 'spotify', rotateRefreshTokens: true })
  const faults = await startFaultServer()
  for (const { clients, metadata, logIn } of [server, spotify]) {
    const { clientId: client_id, redirectUri: redirect_uri } = clients.public
    const proof = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' }
    const scope = metadata.issuer === undefined ? '' : 'openid'
    const request = new URLSearchParams({ response_type: 'code', client_id, redirect_uri, scope, ...proof })
    const callback = new URL(await logIn(metadata.authorization_endpoint + '?' + request))
    const form = { grant_type: 'authorization_code', code: callback.searchParams.get('code'), client_id, redirect_uri }
    const verified = { ...form, code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk' }
    const headers = { origin: 'https://app.example' }
    const send = (body) => fetch(metadata.token_endpoint, { method: 'POST', headers, body: new URLSearchParams(body) })
    const { refresh_token } = await (await send(verified)).json()
    const refreshed = await send({ grant_type: 'refresh_token', refresh_token, client_id })
    if (refreshed.status !== 200) throw new Error(await refreshed.text())
    await send({ grant_type: 'refresh_token', refresh_token, client_id })
  }
  await Promise.all([server.close(), spotify.close(), faults.close()])
`

const isNode = !('bun' in process.versions || 'deno' in process.versions) // they take other flags

test.runIf(isNode)('the servers print nothing, and keep no process alive', async () => {
  const flags = ['--conditions=@grantkit/source', '--disable-warning=ExperimentalWarning', '--input-type=module']
  const cwd = new URL('..', import.meta.url).pathname
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, '--eval', script], { cwd })
  expect({ stdout, stderr }).toStrictEqual({ stdout: '', stderr: '' })
})
