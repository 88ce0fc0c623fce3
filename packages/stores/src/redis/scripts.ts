import { createHash } from 'node:crypto'
import { forgottenFor } from '../shared/forgotten.ts'
import type { Script } from './client.ts'

/** Each key is a hash of `version`, `value`, `write`, `owner` and `until`; each script is one step on one of them. */
export const scripts: Readonly<Record<'read' | 'write' | 'acquire' | 'renew' | 'release' | 'now', Script>> = {
  read: script(`return redis.call('HMGET', KEYS[1], 'version', 'value')`),

  /** Parameters: the expected version, '1' if there is a value and '0' if it is forgotten, the value, the channel, the name to tell, what tells this write from any other. */
  write: script(`
    local stored = redis.call('HMGET', KEYS[1], 'version', 'write')
    if stored[2] == ARGV[6] then return 1 end -- ioredis sends again what it had no answer to
    if (stored[1] or '0') ~= ARGV[1] then return 0 end
    redis.call('HINCRBY', KEYS[1], 'version', 1)
    redis.call('HSET', KEYS[1], 'write', ARGV[6])
    if ARGV[2] == '1' then
      redis.call('HSET', KEYS[1], 'value', ARGV[3])
      redis.call('PERSIST', KEYS[1])
    else
      redis.call('HDEL', KEYS[1], 'value')
      local leased = (redis.call('HGET', KEYS[1], 'until') or 0) - now()
      redis.call('PEXPIRE', KEYS[1], math.max(leased, ${forgottenFor}))
    end
    redis.pcall('PUBLISH', ARGV[4], ARGV[5]) -- the write is made, whether or not anybody may hear of it
    return 1`),

  /** Parameters: the owner, the milliseconds. */
  acquire: script(`
    local lease = redis.call('HMGET', KEYS[1], 'owner', 'until')
    if lease[1] and lease[1] ~= ARGV[1] and tonumber(lease[2]) > now() then return 0 end
    return take(ARGV[1], ARGV[2])`),

  /** Parameters: the owner, the milliseconds. */
  renew: script(`
    local lease = redis.call('HMGET', KEYS[1], 'owner', 'until')
    if lease[1] ~= ARGV[1] or tonumber(lease[2]) <= now() then return 0 end
    return take(ARGV[1], ARGV[2])`),

  /** Parameter: the owner. */
  release: script(`
    if redis.call('HGET', KEYS[1], 'owner') == ARGV[1] then redis.call('HDEL', KEYS[1], 'owner', 'until') end
    return 1`),

  now: script(`return now()`),
}

/** A script with the functions that it may call. What lives only for its lease, or was forgotten, goes by itself. */
function script(body: string): Script {
  const text = `
    local function now()
      local time = redis.call('TIME')
      return time[1] * 1000 + math.floor(time[2] / 1000)
    end
    local function take(owner, ttl)
      redis.call('HSET', KEYS[1], 'owner', owner, 'until', string.format('%.0f', now() + ttl))
      local left = redis.call('PTTL', KEYS[1])
      local written = redis.call('HEXISTS', KEYS[1], 'version') == 1
      if not written or (left >= 0 and left < tonumber(ttl)) then redis.call('PEXPIRE', KEYS[1], ttl) end
      return 1
    end
    ${body}`
  return { text, sha1: createHash('sha1').update(text).digest('hex') }
}
