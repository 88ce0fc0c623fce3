import type { CompactVerifyGetKey } from 'jose'
import { createLocalJWKSet } from 'jose/jwks/local'
import { GrantError } from '../../errors/grant-error.ts'
import type { Clock } from '../../transport/clock.ts'
import { joined } from '../../transport/deadline.ts'
import { judgeKeys } from './judge-keys.ts'

/** The key resolver of jose, over one published set. */
type LocalKeySet = CompactVerifyGetKey

/** Milliseconds for which a set is used without asking again. */
const longestUse = 10 * 60_000
/** Milliseconds after a refetch in which an unknown key makes no further one, so that forged tokens cause no load. */
const cooldown = 60_000

/**
 * The keys that a provider publishes (RFC 7517 §5), fetched when first needed. A token with an unknown key makes one
 * refetch, because providers rotate their keys (OpenID Connect Core §10.1.1). Those who wait for one fetch get an error of
 * their own each.
 */
export class KeySet {
  readonly #fetch: () => Promise<unknown>
  readonly #clock: Clock
  #keys: Promise<LocalKeySet> | undefined
  #fetchedAt = 0
  #refetchedAt = Number.NEGATIVE_INFINITY

  constructor(fetch: () => Promise<unknown>, clock: Clock) {
    this.#fetch = fetch
    this.#clock = clock
  }

  /** Runs a verification with the keys; with fresh ones again if the first had no fitting key. */
  async verify<T>(verification: (keys: LocalKeySet) => Promise<T>): Promise<T> {
    const keys = this.#current()
    try {
      return await verification(await joined(keys))
    } catch (error) {
      if (!isUnknownKey(error)) throw error
      // what another verification has fetched meanwhile may have the key
      if (this.#keys === keys) {
        if (!this.#mayRefetch()) throw error
        this.#refetchedAt = this.#clock.now()
        void this.#load()
      }
      return verification(await joined(this.#current()))
    }
  }

  #current(): Promise<LocalKeySet> {
    const old = Math.abs(this.#clock.now() - this.#fetchedAt) > longestUse // a clock that went back knows nothing
    return this.#keys && !old ? this.#keys : this.#load()
  }

  #mayRefetch(): boolean {
    return Math.abs(this.#clock.now() - this.#refetchedAt) > cooldown
  }

  #load(): Promise<LocalKeySet> {
    const keys = this.#fetch().then(toKeySet)
    this.#keys = keys
    this.#fetchedAt = this.#clock.now()
    keys.catch(() => {
      if (this.#keys === keys) this.#keys = undefined // the next token asks again
    })
    return keys
  }
}

function toKeySet(document: unknown): LocalKeySet {
  const keys = judgeKeys(document)
  if (!keys)
    throw new GrantError('id_token_invalid', 'the document at jwks_uri is not a JSON Web Key Set (RFC 7517 §5)', {
      action: 'fix_configuration', // it says nothing about the ID token
    })
  return createLocalJWKSet({ keys: [...keys] })
}

function isUnknownKey(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_JWKS_NO_MATCHING_KEY'
}
