import type { StoredText, TokenStore } from '@grantkit/core'
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
 * await store.compareAndSet('user:42', 0, 'text') // => true
 * await store.read('user:42') // => { version: 1, value: 'text' }
 * await client.close()
 * ```
 */
export function redisStore({ client, prefix = 'grantkit:' }: RedisStoreOptions): TokenStore {
  return new RedisStore(client, prefix)
}

class RedisStore implements TokenStore {
  readonly watch?: (key: string, onChange: () => void) => () => void
  readonly #redis: Redis
  readonly #prefix: string
  readonly #channel: string

  constructor(client: NodeRedisClient | IoredisClient, prefix: string) {
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

  async compareAndSet(key: string, expected: number, value: string | undefined): Promise<boolean> {
    const text = value === undefined ? ['0', ''] : ['1', encodeText(value)]
    return this.#run('write', key, String(expected), ...text, this.#channel, encodeText(key), crypto.randomUUID())
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
