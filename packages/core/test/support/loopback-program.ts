// A command line program of its own process: it logs in as its argument says, and has nothing else to do afterwards.
import { Pkce, Provider } from '@grantkit/core'
import { loopbackLogin } from '@grantkit/core/node'
import { deferred } from './deferred.ts'

const [ending = '', tokenEndpoint = ''] = process.argv.slice(2)
const controller = new AbortController()
const due = deferred()
const clock = { now: () => Date.now(), sleep: () => due.promise }
const metadata = { authorization_endpoint: 'https://id.acme.example/authorize', token_endpoint: tokenEndpoint }
const client = { clientId: 'cid', redirectUri: 'http://127.0.0.1/callback' }
const provider = new Provider({ name: 'acme', metadata }, client, ending === 'timeout' ? { clock } : {})

async function open(url: URL): Promise<void> {
  const { redirect_uri: callback = '', state = '' } = Object.fromEntries(url.searchParams)
  if (ending === 'abort') return controller.abort()
  if (ending === 'timeout') return due.resolve()
  if (ending === 'keep-alive') await fetch(`${callback}/favicon.ico`, { headers: { connection: 'keep-alive' } })
  const parameters = ending === 'denied' ? { error: 'access_denied', state } : { code: 'canary-code', state }
  await fetch(`${callback}?${new URLSearchParams(parameters).toString()}`)
}

// a person who never pastes anything
async function* keyboard(): AsyncGenerator<string> {
  yield await new Promise<string>(() => undefined)
}

try {
  await loopbackLogin(provider.grant(Pkce), { open, signal: controller.signal, paste: keyboard() })
  console.log('token')
} catch (error) {
  console.log((error as { code: string }).code)
}
