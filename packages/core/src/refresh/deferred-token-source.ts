import { refuseUnknownFields } from '../errors/unknown-fields.ts'
import { load } from '../transport/load.ts'
import type { SourceProvider } from './open-token-source.ts'
import type { SourceApi } from './source-api.ts'
import { checkSourceOptions, type CheckedSourceOptions, type TokenSourceOptions } from './source-options.ts'
import type { OpenTokenSource, TokenSource } from './token-source.ts'

const asked = { what: 'the options of token()', fields: ['minValid', 'scope', 'resource', 'signal'] }
const cleared = { what: 'the options of clear()', fields: ['revoke', 'signal'] }

/** A token source that is checked at once, and loads what keeps its token fresh when it is first asked: a program that only obtains tokens does not load that. Throws `config_invalid`. */
export class DeferredTokenSource<Scope extends string> implements TokenSource<Scope> {
  readonly origins: readonly string[]
  readonly api: SourceApi
  readonly #provider: SourceProvider<Scope>
  readonly #options: CheckedSourceOptions<Scope>
  #source: OpenTokenSource | undefined

  constructor(provider: SourceProvider<Scope>, options: TokenSourceOptions<Scope>) {
    this.#provider = provider
    this.#options = checkSourceOptions(options, provider.port.clock.now(), provider.api.proofs)
    this.api = apiOf(provider.api, options.key)
    this.origins = this.api.origins
  }

  // Fields, not methods: `{ ...tokens, token: … }` compiles, so it has to be a whole source.

  readonly token: TokenSource<Scope>['token'] = async (options = {}) => {
    refuseUnknownFields(options, asked)
    return (this.#source ?? (await this.#open())).token(options)
  }

  readonly save: TokenSource['save'] = async (token) => (await this.#open()).save(token)

  readonly peek: TokenSource['peek'] = async () => (await this.#open()).peek()

  readonly invalidate: TokenSource['invalidate'] = async (token) => (await this.#open()).invalidate(token)

  readonly clear: TokenSource['clear'] = async (options = {}) => {
    refuseUnknownFields(options, cleared)
    return (await this.#open()).clear(options)
  }

  async #open(): Promise<OpenTokenSource> {
    if (this.#source) return this.#source
    const { openTokenSource } = await load(() => import('./open-token-source.ts'))
    const boundTo = await this.api.proofs?.thumbprint()
    return (this.#source ??= openTokenSource(this.#provider, { ...this.#options, boundTo }))
  }
}

/** What the provider's API asks of calls; its events have the key of this source. */
function apiOf(api: SourceApi, key: string | undefined): SourceApi {
  if (key === undefined) return api
  const emit: SourceApi['emit'] = (event) => api.emit({ ...event, key })
  return Object.freeze({ ...api, emit })
}
