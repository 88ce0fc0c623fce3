import { GrantError, memoryStore, type StoreWrite, Token, type TokenStore } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { fleet, hour, late } from '../support/fleet.ts'
import { errorOf } from '../support/scene.ts'
import { fresh, stage } from '../support/source-stage.ts'

/** A store whose calls go to another, but for those that are given. */
function over(store: TokenStore, own: Partial<TokenStore>): TokenStore {
  return {
    read: store.read.bind(store),
    compareAndSet: store.compareAndSet.bind(store),
    acquire: store.acquire.bind(store),
    renew: store.renew.bind(store),
    release: store.release.bind(store),
    now: store.now.bind(store),
    ...own,
  }
}

const fails = (error: unknown) => () => Promise.reject(error)

describe('a store that fails', () => {
  test.each<[keyof TokenStore]>([['read'], ['compareAndSet'], ['acquire'], ['renew'], ['now']])(
    'says what it could not: %s',
    async (name) => {
      const { store, source, clock, tokenRequests } = await stage()
      await source().save(fresh())
      await clock.advance(hour)
      const error = await errorOf(source({ store: over(store, { [name]: fails(new TypeError('away')) }) }).token())
      expect(error).toMatchObject({
        code: 'store_failed',
        action: 'retry',
        cause: { name: 'TypeError', message: 'away' },
      })
      expect(error.message).toBe(`the token store could not ${name}`)
      expect(await tokenRequests()).toHaveLength(0)
    },
  )

  test('with an error of its own is believed: its code, its action and its message', async () => {
    const { store, source } = await stage([])
    const own = new GrantError('config_invalid', 'no key opens it', { action: 'report', cause: new Error('tag') })
    const error = await errorOf(source({ store: over(store, { read: fails(own) }) }).token())
    expect(error).toMatchObject({ code: 'config_invalid', action: 'report', message: 'no key opens it' })
    expect(error.cause).toMatchObject({ message: 'tag' })
  })

  test('with something that is not an error has it as the cause', async () => {
    const { store, source } = await stage([])
    const error = await errorOf(source({ store: over(store, { read: fails('away') }) }).token())
    expect(error).toMatchObject({ code: 'store_failed', message: 'the token store could not read' })
  })

  test('says how long it was waited for', async () => {
    const { store, source, clock } = await stage([])
    const failing = errorOf(source({ store: over(store, { read: () => new Promise(() => undefined) }) }).token())
    await expect.poll(() => clock.waiting).toBe(1)
    await clock.advance(4999)
    expect(clock.waiting).toBe(1)
    await clock.advance(1)
    expect((await failing).message).toBe('the token store could not read: it did not respond within 5000 ms')
  })
})

describe('an error of a store shows nothing of what it was to write:', () => {
  const secretive = Token.from({ accessToken: 'abcdefghijkl', refreshToken: 'mnopqrstuvwx', scope: ['play.music'] })

  /** What is shown when a save fails with such a message. */
  async function shown(error: (value: string) => Error, token: Token = secretive) {
    const { store, source } = await stage([])
    const compareAndSet = async (_key: string, _expected: number, { value = '' }: StoreWrite) => {
      throw error(value)
    }
    return errorOf(source({ store: over(store, { compareAndSet }) }).save(token))
  }
  const leftOut = 'its message quotes what was written, and is left out'

  test.each([
    ['the whole token', 'bad: abcdefghijkl'],
    ['eight characters of it', 'bad: efghijkl'],
    ['eight characters at the beginning of the message', 'mnopqrst is bad'],
  ])('%s', async (_, message) => {
    const error = await shown(() => Object.assign(new Error(message), { code: '22P02' }))
    expect(error.cause).toMatchObject({ message: leftOut, name: 'Error', code: '22P02' })
    expect(error.message).toBe('the token store could not compareAndSet')
  })

  test.each([
    ['seven characters, which any word may share', 'bad: fghijkl'],
    ['the key, which is not a secret', 'bad: user:42'],
    ['a scope, which is not a secret', 'bad: play.music'],
    ['a message of any length', 'the connection to the database was refused by its host'],
    ['nothing', ''],
  ])('but %s is kept', async (_, message) => {
    const error = await shown(() => new Error(message))
    expect(error.cause).toMatchObject({ message })
  })

  test('a token of eight characters, which is the shortest that is looked for', async () => {
    const error = await shown(() => new Error('bad: abcdefgh'), Token.from({ accessToken: 'abcdefgh' }))
    expect(error.cause).toMatchObject({ message: leftOut })
  })

  test('in an error of its own, and in what caused that', async () => {
    const error = await shown(
      (value) => new GrantError('store_failed', `wrote ${value}`, { action: 'report', cause: new Error(value) }),
    )
    expect(error).toMatchObject({ code: 'store_failed', action: 'report', cause: { message: leftOut } })
    expect(error.message).toBe('the token store could not compareAndSet')
  })

  test('in what caused its error, and the one before that', async () => {
    const error = await shown(
      (value) => new Error('first', { cause: new Error('second', { cause: new RangeError(value) }) }),
    )
    expect(error.cause).toMatchObject({ message: 'first', cause: { message: 'second', cause: { message: leftOut } } })
  })

  test('of the fields and lists that a provider has sent beside the token', async () => {
    const extra = { sub_tokens: [{ token: 'canary-of-another' }] }
    const error = await shown(() => new Error('at canary-of-an'), secretive.with({ extra }))
    expect(error.cause).toMatchObject({ message: leftOut })
  })
})

describe('a store that responds late because the machine has slept', () => {
  test('is waited for once more', async () => {
    const { store, source, clock } = await stage([])
    await source().save(fresh())
    let answer = (): void => undefined
    const read = async (key: string) => {
      await new Promise<void>((resolve) => (answer = resolve))
      return store.read(key)
    }
    const pending = source({ store: over(store, { read }), background: false }).peek()
    await expect.poll(() => clock.waiting).toBe(1)
    await clock.advance(10_001)
    await expect.poll(() => clock.waiting).toBe(1)
    answer()
    expect((await pending)?.accessToken).toBe('at-0')
  })

  test('and not a third time', async () => {
    const { store, source, clock } = await stage([])
    const pending = errorOf(source({ store: over(store, { read: () => new Promise(() => undefined) }) }).peek())
    for (const ms of [10_001, 10_001]) {
      await expect.poll(() => clock.waiting).toBe(1)
      await clock.advance(ms)
    }
    expect((await pending).code).toBe('store_failed')
    expect(clock.waiting).toBe(0)
  })

  test('but not where nobody has slept', async () => {
    const { store, source, clock } = await stage([])
    const pending = errorOf(source({ store: over(store, { read: () => new Promise(() => undefined) }) }).peek())
    await expect.poll(() => clock.waiting).toBe(1)
    await clock.advance(10_000)
    expect((await pending).code).toBe('store_failed')
  })

  test('and an error of its own ends the call at once', async () => {
    const { store, source, clock } = await stage([])
    const read = async () => {
      clock.jump(60_000)
      throw new GrantError('store_failed', 'the file is gone')
    }
    expect((await errorOf(source({ store: over(store, { read }) }).peek())).message).toBe('the file is gone')
  })
})

describe('a store that can tell of writes', () => {
  test('wakes whoever waits for another process, before the time is over', async () => {
    const { start, clock, store } = await late('strict')
    const [first] = [start()]
    const { reached, resume } = first.stopAt('compareAndSet', 'before', 2)
    const refreshing = first.tokens.token()
    await reached
    let watched = 0
    let stopped = 0
    const watching = over(store, {
      watch: (key, onChange) => {
        watched += 1
        const stop = store.watch?.(key, onChange)
        return () => {
          stopped += 1
          stop?.()
        }
      },
    })
    const waiting = first.provider.tokenSource({ store: watching, key: 'user:42' }).token()
    await expect.poll(() => watched).toBe(1)
    const before = clock.now()
    resume()
    expect((await waiting).accessToken).toBe('at-1')
    expect((await refreshing).accessToken).toBe('at-1')
    expect(clock.now()).toBe(before)
    expect(stopped).toBe(watched)
  })
})

describe('the escrow', () => {
  test('is not asked again and again, once it is known to be empty', async () => {
    const { start, settle } = await fleet('strict')
    let reads = 0
    const memory = memoryStore()
    const escrow = over(memory, {
      read: (key) => {
        reads += 1
        return memory.read(key)
      },
    })
    const { tokens } = start({ escrow })
    for (let i = 0; i < 3; i++) await settle(tokens.peek())
    expect(reads).toBe(3) // each look may find what another process has put there, and empties nothing
  })

  test('that holds what is not a record of ours is left alone', async () => {
    const { start, settle } = await late('strict')
    const escrow = memoryStore()
    await escrow.compareAndSet('user:42', 0, { value: 'of somebody else' })
    expect((await settle(start({ escrow }).tokens.token())).accessToken).toBe('at-1')
  })
})
