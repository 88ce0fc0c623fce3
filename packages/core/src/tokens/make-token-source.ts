import type { Token } from '../token/token.ts'
import type { SourceProvider } from './open-token-source.ts'
import { bind } from './source-binding.ts'
import { type CheckedSourceOptions, checkSourceOptions, type TokenSourceOptions } from './source-options.ts'
import type { ClearOptions, OpenTokenSource, TokenOptions, TokenSource } from './token-source.ts'

/** Makes a token source: checked at once, loaded when it is first asked. Throws `config_invalid`. */
export function makeTokenSource<Scope extends string>(
  provider: SourceProvider<Scope>,
  options: TokenSourceOptions<Scope>,
): TokenSource {
  const { port, emit } = provider
  const source = new DeferredTokenSource(provider, checkSourceOptions(options, port.clock.now()))
  return bind(source, { definition: port.provider, clientId: port.client.clientId, clock: port.clock, emit })
}

/** A program that only obtains tokens does not load what keeps them fresh. */
class DeferredTokenSource<Scope extends string> implements TokenSource {
  readonly origins: readonly string[]
  readonly #provider: SourceProvider<Scope>
  readonly #options: CheckedSourceOptions<Scope>
  #source: OpenTokenSource | undefined

  constructor(provider: SourceProvider<Scope>, options: CheckedSourceOptions<Scope>) {
    this.origins = provider.port.provider.apiOrigins ?? []
    this.#provider = provider
    this.#options = options
  }

  token(options?: TokenOptions): Promise<Token> {
    return this.#source ? this.#source.token(options) : this.#open().then((source) => source.token(options))
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

  async clear(options?: ClearOptions): Promise<void> {
    return (await this.#open()).clear(options)
  }

  async #open(): Promise<OpenTokenSource> {
    if (this.#source) return this.#source
    const { openTokenSource } = await import('./open-token-source.ts')
    return (this.#source ??= openTokenSource(this.#provider, this.#options))
  }
}
