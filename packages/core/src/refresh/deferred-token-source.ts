import { refuseUnknownFields } from '../errors/unknown-fields.ts'
import type { Token } from '../token/token.ts'
import { load } from '../transport/load.ts'
import type { SourceProvider } from './open-token-source.ts'
import type { SourceApi } from './source-api.ts'
import { checkSourceOptions, type CheckedSourceOptions, type TokenSourceOptions } from './source-options.ts'
import type { ClearOptions, OpenTokenSource, TokenOptions, TokenSource } from './token-source.ts'

const asked = { what: 'the options of token()', fields: ['minValid', 'scope', 'resource', 'signal'] }
const cleared = { what: 'the options of clear()', fields: ['revoke', 'signal'] }

/** A token source that is checked at once, and loads what keeps its token fresh when it is first asked: a program that only obtains tokens does not load that. Throws `config_invalid`. */
export class DeferredTokenSource<Scope extends string> implements TokenSource<Scope> {
  readonly api: SourceApi
  readonly #provider: SourceProvider<Scope>
  readonly #options: CheckedSourceOptions<Scope>
  #source: OpenTokenSource | undefined

  constructor(provider: SourceProvider<Scope>, options: TokenSourceOptions<Scope>) {
    this.#provider = provider
    this.#options = checkSourceOptions(options, provider.port.clock.now())
    this.api = provider.api
  }

  get origins(): readonly string[] {
    return this.api.origins
  }

  async token(options: TokenOptions = {}): Promise<Token> {
    refuseUnknownFields(options, asked)
    return (this.#source ?? (await this.#open())).token(options)
  }

  async save(token: Token): Promise<void> {
    return (await this.#open()).save(token)
  }

  async peek(): Promise<Token | undefined> {
    return (await this.#open()).peek()
  }

  async invalidate(token: Token): Promise<void> {
    return (await this.#open()).invalidate(token)
  }

  async clear(options: ClearOptions = {}): Promise<void> {
    refuseUnknownFields(options, cleared)
    return (await this.#open()).clear(options)
  }

  async #open(): Promise<OpenTokenSource> {
    if (this.#source) return this.#source
    const { openTokenSource } = await load(() => import('./open-token-source.ts'))
    return (this.#source ??= openTokenSource(this.#provider, this.#options))
  }
}
