import { createHash } from 'node:crypto'
import { keptFor } from '../shared/kept.ts'
import type { Script } from './client.ts'

/** Each key is a hash with `version`, `value`, `write` and its lease: `owner`, `until`, `ttl`. Each script works on one key. */
export const scripts: Readonly<Record<'read' | 'write' | 'acquire' | 'renew' | 'release' | 'now', Script>> = {
  read: script(`return redis.call('HMGET', KEYS[1], 'version', 'value')`),

  /**
   * Parameters: the expected version, '1' with a value or '0' to forget it, the value, its `until` ('' for never), the
   * channel, the announced name, the ID of this write.
   */
  write: script(`
    local stored = redis.call('HMGET', KEYS[1], 'version', 'write')
    if stored[2] == ARGV[7] then return 1 end -- ioredis repeats commands without a response
    if (stored[1] or '0') ~= ARGV[1] then return 0 end
    redis.call('HINCRBY', KEYS[1], 'version', 1)
    redis.call('HSET', KEYS[1], 'write', ARGV[7])
    local left = tonumber(ARGV[4]) and ARGV[4] - now()
    if ARGV[2] == '1' then
      redis.call('HSET', KEYS[1], 'value', ARGV[3])
    else
      redis.call('HDEL', KEYS[1], 'value')
      left = 0
    end
    if left then
      local leased = (lease().over or 0) - now()
      redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.max(leased, left + ${keptFor})))
    else
      redis.call('PERSIST', KEYS[1])
    end
    redis.pcall('PUBLISH', ARGV[5], ARGV[6]) -- the write has succeeded even if it may not be announced
    return 1`),

  /** Parameters: the owner, the milliseconds. */
  acquire: script(`
    local held = lease()
    if held.owner and held.owner ~= ARGV[1] and held.over > now() then return 0 end
    return take(ARGV[1], ARGV[2])`),

  /** Parameters: the owner, the milliseconds. */
  renew: script(`
    local held = lease()
    if held.owner ~= ARGV[1] or held.over <= now() then return 0 end
    return take(ARGV[1], ARGV[2])`),

  /** Parameter: the owner. */
  release: script(`
    if redis.call('HGET', KEYS[1], 'owner') == ARGV[1] then redis.call('HDEL', KEYS[1], 'owner', 'until', 'ttl') end
    return 1`),

  now: script(`return now()`),
}

/**
 * A script with its helper functions. Redis removes keys with only a lease, and expired values, by itself. A lease that
 * expires later than its lifetime allows was acquired before the clock was set back.
 */
function script(body: string): Script {
  const source = `
    local function now()
      local time = redis.call('TIME')
      return time[1] * 1000 + math.floor(time[2] / 1000)
    end
    local function lease()
      local stored = redis.call('HMGET', KEYS[1], 'owner', 'until', 'ttl')
      local held = { owner = stored[1], over = tonumber(stored[2]), ttl = tonumber(stored[3]) }
      if held.over and held.ttl and held.over > now() + held.ttl then
        held.over = now() + held.ttl
        redis.call('HSET', KEYS[1], 'until', string.format('%.0f', held.over))
      end
      return held
    end
    local function take(owner, ttl)
      redis.call('HSET', KEYS[1], 'owner', owner, 'until', string.format('%.0f', now() + ttl), 'ttl', ttl)
      local left = redis.call('PTTL', KEYS[1])
      local written = redis.call('HEXISTS', KEYS[1], 'version') == 1
      if not written or (left >= 0 and left < tonumber(ttl)) then redis.call('PEXPIRE', KEYS[1], ttl) end
      return 1
    end
    ${body}`
  return { text: source, sha1: createHash('sha1').update(source).digest('hex') }
}
