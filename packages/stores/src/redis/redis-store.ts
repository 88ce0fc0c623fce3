import type { StoredValue, StoreWrite, TokenStore } from '@grantkit/core'
import { withoutValue } from '../shared/engine-error.ts'
import { decodeString, encodeString } from '../shared/string-encoding.ts'
import { Watchers } from '../shared/watchers.ts'
import { type IoredisClient, type NodeRedisClient, type Redis, redisOf } from './client.ts'
import { listenOn } from './listen.ts'
import { scripts } from './scripts.ts'

/** Options of {@link redisStore}. */
export interface RedisStoreOptions {
  /** Your connected client of the package `redis` or `ioredis`, which you close. */
  readonly client: NodeRedisClient | IoredisClient
  /** The prefix of every key in Redis. By default `grantkit:`. A hash tag such as `{grantkit}:` puts all keys in one slot of a cluster. */
  readonly prefix?: string
}

/** A store in Redis. */
export interface RedisStore extends TokenStore {
  /** `redis:` and the prefix: the default name for `encryptedStore`. */
  readonly name: string
}

/**
 * A store in Redis 5 or later, or a compatible server, for a fleet of processes. Each key is a hash, each call a single
 * script, and the clock is the server's. Durability depends on the server's configuration: have it write each command to
 * disk (`appendonly yes`, `appendfsync always`).
 *
 * @example
 * ```ts redis
 * import { redisStore } from '@grantkit/stores/redis'
 * import { createClient } from 'redis'
 *
 * const client = await createClient({ url: process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379' }).connect()
 * const store = redisStore({ client })
 * await store.compareAndSet('user:42', 0, { value: 'first' }) // => true
 * await store.read('user:42') // => { version: 1, value: 'first' }
 * await client.close()
 * ```
 */
export function redisStore({ client, prefix = 'grantkit:' }: RedisStoreOptions): RedisStore {
  return new Hashes(client, prefix)
}

/** The latest time that Redis scripts represent exactly; anything later means never. */
const latest = 1e14

class Hashes implements RedisStore {
  readonly name: string
  readonly watch?: (key: string, onChange: () => void) => () => void
  readonly #redis: Redis
  readonly #prefix: string
  readonly #channel: string

  constructor(client: NodeRedisClient | IoredisClient, prefix: string) {
    this.name = `redis:${prefix}`
    this.#redis = redisOf(client)
    this.#prefix = prefix
    this.#channel = `${prefix}written`
    const listen = listenOn(client, this.#channel)
    if (!listen) return
    const watchers = new Watchers(listen)
    this.watch = (key, onChange) => watchers.watch(encodeString(key), onChange)
  }

  async read(key: string): Promise<StoredValue | undefined> {
    const reply = await this.#redis.run(scripts.read, this.#nameOf(key))
    const [version, value] = reply as [string | null, string | null]
    if (version === null) return undefined
    return { version: Number(version), value: value === null ? undefined : decodeString(value) }
  }

  compareAndSet(key: string, expected: number, { value, until }: StoreWrite): Promise<boolean> {
    const string = value === undefined ? ['0', ''] : ['1', encodeString(value)]
    const expiry = until !== undefined && Math.abs(until) < latest ? String(Math.ceil(until)) : ''
    const parameters = [String(expected), ...string, expiry, this.#channel, encodeString(key), crypto.randomUUID()]
    return withoutValue('Redis', () => this.#run('write', key, ...parameters))
  }

  acquire(key: string, owner: string, ttl: number): Promise<boolean> {
    return this.#run('acquire', key, encodeString(owner), String(Math.ceil(ttl)))
  }

  renew(key: string, owner: string, ttl: number): Promise<boolean> {
    return this.#run('renew', key, encodeString(owner), String(Math.ceil(ttl)))
  }

  async release(key: string, owner: string): Promise<void> {
    await this.#run('release', key, encodeString(owner))
  }

  async now(): Promise<number> {
    return Number(await this.#redis.run(scripts.now, this.#nameOf('')))
  }

  async #run(script: keyof typeof scripts, key: string, ...parameters: string[]): Promise<boolean> {
    return Number(await this.#redis.run(scripts[script], this.#nameOf(key), ...parameters)) === 1
  }

  #nameOf(key: string): string {
    return this.#prefix + encodeString(key)
  }
}
