import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { ClientRegistration, ProviderDefinition } from '@grantkit/core'

/** An authorization server on loopback that answers as RFC 6749 writes it, in the place of a preset's own. */
export interface PresetServer {
  /** The preset with its two endpoints here, and nothing else changed. */
  readonly definition: ProviderDefinition
  /** The token requests so far. */
  readonly tokenRequests: readonly PresetTokenRequest[]
  /** The refresh token that counts: issued last, and not used up. */
  readonly refreshToken: string | undefined
  /** Opens an authorization URL as a user would who says yes. Returns the URL that the browser is sent back to. */
  logIn(url: URL): Promise<string>
  /** Stops the server. */
  close(): Promise<void>
}

/** A token request as it arrived. */
export interface PresetTokenRequest {
  readonly authentication: 'client_secret_basic' | 'client_secret_post' | 'none'
  readonly parameters: Readonly<Record<string, string>>
}

/** Starts a server that knows one client. */
export async function startPresetServer(preset: ProviderDefinition, client: ClientRegistration): Promise<PresetServer> {
  const state = new PresetAuthorization(preset, client)
  const server = createServer((request, response) => {
    answer(state, request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    definition: moved(preset, `http://127.0.0.1:${port}`),
    tokenRequests: state.tokenRequests,
    get refreshToken() {
      return state.refreshToken
    },
    async logIn(url) {
      const response = await fetch(url, { redirect: 'manual' })
      return response.headers.get('location') ?? Promise.reject(new Error(`no redirect: ${await response.text()}`))
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections() // the client would keep them for a while
      await closed
    },
  }
}

function moved(preset: ProviderDefinition, origin: string): ProviderDefinition {
  const { authorization_endpoint: authorization, token_endpoint: token } = preset.metadata
  const metadata = {
    ...preset.metadata,
    ...(authorization !== undefined && {
      authorization_endpoint: `${origin}/authorize${new URL(authorization).search}`,
    }),
    token_endpoint: `${origin}/token${new URL(token).search}`,
  }
  return { ...preset, metadata }
}

async function answer(state: PresetAuthorization, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '', 'http://127.0.0.1')
  if (url.pathname === '/authorize') {
    response.writeHead(302, { location: state.authorize(url.searchParams) }).end()
    return
  }
  const [status, body] = state.token(request.headers.authorization, new URLSearchParams(await text(request)))
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}

type Answer = readonly [status: number, body: object]

/** What the user granted: what a code and a refresh token stand for. */
interface Granted {
  readonly scope: string
  readonly redirectUri?: string | null
  readonly challenge?: string | null
}

/** The authorization server without HTTP. */
class PresetAuthorization {
  readonly tokenRequests: PresetTokenRequest[] = []
  readonly #preset: ProviderDefinition
  readonly #client: ClientRegistration
  readonly #codes = new Map<string, Granted>()
  #refresh: { token: string; granted: Granted; uses: number } | undefined

  constructor(preset: ProviderDefinition, client: ClientRegistration) {
    this.#preset = preset
    this.#client = client
  }

  get refreshToken(): string | undefined {
    return this.#refresh?.token
  }

  /** RFC 6749 §4.1.2, RFC 7636 §4.4, RFC 9207 §2. */
  authorize(query: URLSearchParams): string {
    const code = randomUUID()
    const redirectUri = query.get('redirect_uri')
    this.#codes.set(code, { scope: query.get('scope') ?? '', redirectUri, challenge: query.get('code_challenge') })
    const { issuer, authorization_response_iss_parameter_supported: promised } = this.#preset.metadata
    const callback = new URL(redirectUri ?? '')
    callback.searchParams.set('code', code)
    callback.searchParams.set('state', query.get('state') ?? '')
    if (promised === true && issuer !== undefined) callback.searchParams.set('iss', issuer)
    return callback.href
  }

  /** RFC 6749 §5. */
  token(authorization: string | undefined, form: URLSearchParams): Answer {
    const { id, secret, authentication } = credentials(authorization, form)
    this.tokenRequests.push({ authentication, parameters: Object.fromEntries(form) })
    const known = id === this.#client.clientId && (secret ?? this.#client.clientSecret) === this.#client.clientSecret
    if (!known) return [401, { error: 'invalid_client' }]
    if (new Set(form.keys()).size !== form.size) return [400, { error: 'invalid_request' }]
    switch (form.get('grant_type')) {
      case 'authorization_code':
        return this.#redeem(form)
      case 'refresh_token':
        return this.#refreshed(form)
      case 'client_credentials':
        return issue({ scope: form.get('scope') ?? '' })
      default:
        return [400, { error: 'unsupported_grant_type' }]
    }
  }

  /** RFC 6749 §4.1.3, RFC 7636 §4.6. */
  #redeem(form: URLSearchParams): Answer {
    const code = form.get('code') ?? ''
    const granted = this.#codes.get(code)
    this.#codes.delete(code)
    const verifier = form.get('code_verifier')
    const challenge = verifier === null ? null : createHash('sha256').update(verifier).digest('base64url')
    const fits = granted?.redirectUri === form.get('redirect_uri') && granted?.challenge === challenge
    if (!granted || !fits) return [400, { error: 'invalid_grant' }]
    this.#refresh = { token: randomUUID(), granted, uses: 0 }
    return issue(granted, this.#refresh.token)
  }

  /** RFC 6749 §6: the first refresh brings a new refresh token, the next does not, unless the preset knows better. */
  #refreshed(form: URLSearchParams): Answer {
    const current = this.#refresh
    if (current?.token !== form.get('refresh_token') || !current) return [400, { error: 'invalid_grant' }]
    const { rotation = 'sometimes' } = this.#preset.refreshToken ?? {}
    const rotates = rotation === 'always' || (rotation === 'sometimes' && current.uses === 0)
    this.#refresh = { ...current, token: rotates ? randomUUID() : current.token, uses: current.uses + 1 }
    return issue(current.granted, rotates ? this.#refresh.token : undefined)
  }
}

function issue({ scope }: Granted, refreshToken?: string): Answer {
  return [
    200,
    { access_token: randomUUID(), token_type: 'Bearer', expires_in: 3600, scope, refresh_token: refreshToken },
  ]
}

/** RFC 6749 §2.3.1. */
function credentials(
  authorization: string | undefined,
  form: URLSearchParams,
): { id: string | null; secret: string | null; authentication: PresetTokenRequest['authentication'] } {
  const basic = /^Basic (.+)$/.exec(authorization ?? '')?.[1]
  if (basic !== undefined) {
    const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString().split(':').map(decodeURIComponent)
    return { id, secret, authentication: 'client_secret_basic' }
  }
  const secret = form.get('client_secret')
  return { id: form.get('client_id'), secret, authentication: secret === null ? 'none' : 'client_secret_post' }
}
