import { errorPage } from '../pages/pages.ts'
import { isRegistered } from './clients.ts'
import { registerClientCredentials } from './client-credentials.ts'
import { configuration } from './configuration.ts'
import { loadEngine } from './engine.ts'
import { registerGrants } from './extension-grants.ts'
import { middleware } from './middleware.ts'
import { policy } from './policy.ts'
import { signingKeys } from './signing-keys.ts'
import type { Configuration, Provider } from 'oidc-provider'
import type { Settings } from './settings.ts'
import type { Storage } from './storage.ts'

/** Configures oidc-provider by the settings. Rejects when a client cannot be registered. */
export async function startEngine(settings: Settings, storage: Storage, origin: string): Promise<Provider> {
  const [library, jwks] = await Promise.all([loadEngine(), signingKeys(settings.openid)])
  const rules = { policy: policy(library, settings), renderError: renderError(settings) }
  const engine = new library.Provider(origin, configuration(settings, { origin, storage, jwks, ...rules }))
  checkRedirectUris(engine, settings)
  for (const step of middleware(settings, origin)) engine.use(step)
  registerClientCredentials(engine, library.errors, settings)
  registerGrants(engine, library.errors, settings)
  listenForErrors(engine, settings, storage)
  await Promise.all(settings.clients.map(({ clientId }) => engine.Client.find(clientId))) // checks their metadata
  return engine
}

/** The engine's own rule ignores the port of `localhost` too, but only for installed apps. */
function checkRedirectUris({ Client }: Provider, { dialect }: Settings): void {
  Client.prototype.redirectUriAllowed = function redirectUriAllowed(uri) {
    return dialect.acceptsRedirectUri(uri) && isRegistered(uri, this.redirectUris)
  }
}

function renderError({ dialect }: Settings): Configuration['renderError'] {
  return (context, { error, error_description: description = '' }) => {
    const redirectUri = context.query['redirect_uri']
    const message = dialect.pageMessage({
      error,
      description,
      redirectUri: typeof redirectUri === 'string' ? redirectUri : undefined,
    })
    const { headers = {}, body } = errorPage(message)
    context.set(headers)
    context.body = body
  }
}

/** Writes errors as the dialect does, and reports internal errors, which the engine would hide. */
function listenForErrors(engine: Provider, { dialect }: Settings, storage: Storage): void {
  engine.on(
    'grant.error',
    (context, { error = '', error_description: description = '', error_detail: detail = '' }) => {
      const wasRevoked = storage.wasRevoked(context.oidc?.params?.['refresh_token'] ?? '')
      const body = dialect.tokenError?.({ error, description, detail, wasRevoked })
      if (body === undefined) return
      context.status = 400
      context.body = body
    },
  )
  engine.on('server_error', (context, { message }) => {
    context.body = { error: 'server_error', error_description: message }
  })
}
