import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { onNode } from './support/runtime.ts'

const index = join(import.meta.dirname, '../src/index.ts')

/** Runs a step for so many keys in a process of its own, and returns the bytes per key that are left when all is over. */
function bytesLeftPerKey(keys: number, step: string): number {
  const program = `
    import { memoryStore, Pkce, Provider, Token } from ${JSON.stringify(index)}
    let time = Date.UTC(2030, 0, 1)
    const clock = { now: () => time, sleep: () => new Promise(() => {}) }
    const store = memoryStore({ clock })
    const answer = { access_token: 'at', token_type: 'Bearer' }
    const fetch = async () => Response.json(answer)
    const metadata = {
      token_endpoint: 'https://id.acme.example/token',
      authorization_endpoint: 'https://id.acme.example/authorize',
    }
    const client = { clientId: 'cid', redirectUri: 'https://app.example/cb' }
    const provider = new Provider({ name: 'acme', metadata }, client, { clock, fetch })
    const logIn = async () => {
      const { transaction } = await provider.grant(Pkce).authorize()
      await provider.grant(Pkce).requestToken({ code: 'code', state: transaction.state }, transaction)
    }
    const run = async (from, to) => {
      for (let n = from; n < to; n++) { const key = 'user:' + n; ${step} }
      time += 2 * 3_600_000
      await store.acquire('somebody else', 'me', 1000) // a store sweeps when it is used
      await logIn() // and logins are forgotten by the next one
    }
    const used = async () => {
      for (let i = 0; i < 5; i++) { await new Promise((resolve) => setTimeout(resolve, 5)); gc() }
      return process.memoryUsage().heapUsed
    }
    await run(0, 5_000) // what is loaded and compiled once is not counted
    const before = await used()
    await run(5_000, 5_000 + ${keys})
    console.log((await used() - before) / ${keys})`
  const options = ['--expose-gc', '--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program]
  return Number(execFileSync(process.execPath, options, { encoding: 'utf8', timeout: 120_000 }))
}

describe.runIf(onNode)('memory comes back:', { timeout: 150_000 }, () => {
  test.each([
    [
      20_000,
      'of users who have logged in and out',
      `const s = provider.tokenSource({ store, key }); await s.save(Token.from({ accessToken: key })); await s.clear()`,
    ],
    [200_000, 'of records that may be swept', `await store.compareAndSet(key, 0, { value: key, until: time + 1 })`],
    [200_000, 'of keys that were watched', `store.watch(key, () => {})()`],
    [200_000, 'of leases that were given back', `await store.acquire(key, 'me', 1000); await store.release(key, 'me')`],
    [200_000, 'of leases that nobody gave back', `await store.acquire(key, 'me', 1000)`],
    [20_000, 'of logins that are over', `await logIn()`],
    [
      5_000,
      'of clients that are gone',
      `const p = new Provider(provider.definition, { clientId: key }, { clock, fetch }); await p.tokenSource({ token: Token.from({ accessToken: key, refreshToken: key, expiresAt: time - 1 }) }).token()`,
    ],
  ])('of %d, %s', (keys, _, step) => {
    expect(bytesLeftPerKey(keys, step)).toBeLessThan(100) // what is compiled on the way counts, too
  })
})
