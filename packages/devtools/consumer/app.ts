import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { authorizedFetch, GrantError, Pkce, Provider, type Transaction } from '@grantkit/core'
import { spotify } from '@grantkit/provider-spotify'
import { startAuthorizationServer } from '@grantkit/testing/server'

// A web app with a login, as the README shows it, against a server that looks like Spotify.
const authorizationServer = await startAuthorizationServer({ like: 'spotify' })
const preset = await authorizationServer.adapt(spotify)
const { clientId } = authorizationServer.clients.public
const provider = new Provider(preset, { clientId, redirectUri: 'http://127.0.0.1/callback' })
const login = provider.grant(Pkce)
let pending: Transaction | undefined

const app: Server = createServer(async (request, response) => {
  try {
    if (request.url?.startsWith('/callback')) {
      const token = await login.requestToken(request.url, pending as Transaction)
      const api = authorizedFetch(token, { origins: preset.apiOrigins ?? [] })
      const me = (await (await api(`${authorizationServer.url}/v1/me`)).json()) as { display_name: string }
      return response.end(`Hello ${me.display_name}`)
    }
    const { port } = app.address() as AddressInfo
    const redirectUri = `http://127.0.0.1:${port}/callback`
    const { url, transaction } = await login.authorize({ scope: ['user-read-private'], redirectUri })
    pending = transaction
    return response.writeHead(302, { location: url.href }).end()
  } catch (error) {
    return response.writeHead(400).end(error instanceof GrantError ? error.code : 'unexpected')
  }
})
await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))

const home = `http://127.0.0.1:${(app.address() as AddressInfo).port}/`
const { headers } = await fetch(home, { redirect: 'manual' })
const callback = await authorizationServer.logIn(String(headers.get('location')))
const [first, again] = [await (await fetch(callback)).text(), await (await fetch(callback)).text()]
app.close()
await authorizationServer.close()
if (!first.startsWith('Hello ') || again !== 'transaction_used')
  throw new Error(`the app answered "${first}", then "${again}"`)
console.log(first)
