/**
 * Tokens in Redis, for a fleet of processes.
 *
 * @packageDocumentation
 */
export type { IoredisClient, NodeRedisClient } from './redis/client.ts'
export { type RedisStore, redisStore, type RedisStoreOptions } from './redis/redis-store.ts'
