import { errorPage } from '../pages/pages.ts'
import { isRegistered } from './clients.ts'
import { configuration } from './configuration.ts'
import { loadEngine } from './engine.ts'
import { registerGrants } from './extension-grants.ts'
import { middleware } from './middleware.ts'
import { policy } from './policy.ts'
import { signingKeys } from './signing-keys.ts'
import type { Client, Configuration, errors, Provider } from 'oidc-provider'
import type { Backchannel } from './backchannel.ts'
import type { Proofs } from './dpop.ts'
import type { Settings } from './settings.ts'
import type { Storage } from './storage.ts'

/** What the engine works with. */
export interface EngineParts {
  readonly storage: Storage
  readonly backchannel: Backchannel
  readonly proofs: Proofs
  readonly origin: string
  /** The origin that asks for client certificates. */
  readonly certificateOrigin: string | undefined
}

/** oidc-provider, and its errors. */
export interface Engine {
  readonly engine: Provider
  readonly library: typeof errors
}

/** Configures oidc-provider by the settings. Rejects when a client cannot be registered. */
export async function startEngine(settings: Settings, parts: EngineParts): Promise<Engine> {
  const { storage, origin, certificateOrigin } = parts
  const [loaded, jwks] = await Promise.all([loadEngine(), signingKeys(settings.openid, settings.profile)])
  const library = loaded.errors
  const rules = { policy: policy(loaded, settings), renderError: renderError(settings) }
  const engine = new loaded.Provider(origin, configuration(settings, { ...parts, library, jwks, ...rules }))
  checkRedirectUris(engine, settings)
  for (const step of middleware(settings, { origin, certificateOrigin })) engine.use(step)
  registerGrants({ engine, library, proofs: parts.proofs }, settings)
  listenForErrors(engine, settings, storage)
  await Promise.all(settings.clients.map(({ clientId }) => engine.Client.find(clientId))) // checks their metadata
  return { engine, library }
}

/** The engine's own rule ignores the port of `localhost` too, but only for installed apps. */
function checkRedirectUris({ Client }: Provider, { dialect }: Settings): void {
  Client.prototype.redirectUriAllowed = function redirectUriAllowed(uri) {
    return dialect.acceptsRedirectUri(uri) && isRegistered(uri, this.redirectUris)
  }
  Client.prototype.postLogoutRedirectUriAllowed = postLogoutRedirectUriAllowed
}

function postLogoutRedirectUriAllowed(this: Client, uri: string): boolean {
  return isRegistered(uri, this.postLogoutRedirectUris)
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
