import type { StoredText, StoreWrite, TokenStore } from '@grantkit/core'
import { withoutValue } from '../shared/engine-error.ts'
import { decodeText, encodeText } from '../shared/text.ts'
import { Watchers } from '../shared/watchers.ts'
import { type IoredisClient, type NodeRedisClient, type Redis, redisOf } from './client.ts'
import { listenOn } from './listen.ts'
import { scripts } from './scripts.ts'

/** Where a {@link redisStore} keeps its hashes. */
export interface RedisStoreOptions {
  /** Your own client, of the package `redis` or of `ioredis`, connected, and closed by you. */
  readonly client: NodeRedisClient | IoredisClient
  /** What every key in Redis begins with; `grantkit:` unless given. A hash tag such as `{grantkit}:` puts all of them in one slot of a cluster. */
  readonly prefix?: string
}

/** A store in Redis. */
export interface RedisStore extends TokenStore {
  /** `redis:` and the prefix: what `encryptedStore` binds its strings to, unless it is given a name. */
  readonly name: string
}

/**
 * A store in Redis 5 or later, or what speaks its language, for a fleet that runs one. Each key is a hash, each call one
 * script on it, and the clock is the server's. What a failure of the server loses is a matter of its configuration: have
 * it write each command to the disk (`appendonly yes`, `appendfsync always`).
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

/** The latest time that a number of Redis scripts tells exactly; what is later is never. */
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
    this.watch = (key, onChange) => watchers.watch(encodeText(key), onChange)
  }

  async read(key: string): Promise<StoredText | undefined> {
    const reply = await this.#redis.run(scripts.read, this.#nameOf(key))
    const [version, value] = reply as [string | null, string | null]
    if (version === null) return undefined
    return { version: Number(version), value: value === null ? undefined : decodeText(value) }
  }

  compareAndSet(key: string, expected: number, { value, until }: StoreWrite): Promise<boolean> {
    const string = value === undefined ? ['0', ''] : ['1', encodeText(value)]
    const end = until !== undefined && Math.abs(until) < latest ? String(Math.ceil(until)) : ''
    const parameters = [String(expected), ...string, end, this.#channel, encodeText(key), crypto.randomUUID()]
    return withoutValue('Redis', () => this.#run('write', key, ...parameters))
  }

  acquire(key: string, owner: string, ttl: number): Promise<boolean> {
    return this.#run('acquire', key, encodeText(owner), String(Math.ceil(ttl)))
  }

  renew(key: string, owner: string, ttl: number): Promise<boolean> {
    return this.#run('renew', key, encodeText(owner), String(Math.ceil(ttl)))
  }

  async release(key: string, owner: string): Promise<void> {
    await this.#run('release', key, encodeText(owner))
  }

  async now(): Promise<number> {
    return Number(await this.#redis.run(scripts.now, this.#nameOf('')))
  }

  async #run(script: keyof typeof scripts, key: string, ...parameters: string[]): Promise<boolean> {
    return Number(await this.#redis.run(scripts[script], this.#nameOf(key), ...parameters)) === 1
  }

  #nameOf(key: string): string {
    return this.#prefix + encodeText(key)
  }
}
