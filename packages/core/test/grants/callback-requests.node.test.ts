import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import querystring from 'node:querystring'
import { text } from 'node:stream/consumers'
import { runInNewContext } from 'node:vm'
import { type Callback, GrantError } from '@grantkit/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { begin } from '../support/begun-login.ts'

/** A server whose callback route is finished with whatever `callbackOf` passes to the library; responds with the code of the error, or `token`. */
async function serve(callbackOf: (request: IncomingMessage) => Callback | Promise<Callback>) {
  const stage = await begin()
  const server = createServer((request, response) => {
    void (async () => {
      const outcome = await stage.login.requestToken(await callbackOf(request), stage.transaction).then(
        () => 'token',
        (error: unknown) => (error instanceof GrantError ? `${error.code}: ${error.message}` : String(error)),
      )
      response.end(outcome)
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`
  const parameters = (state = stage.state) => new URLSearchParams({ code: 'canary-code', state })
  const get = async (state?: string) => (await fetch(`${url}?${parameters(state)}`)).text()
  const post = async (state?: string) => (await fetch(`${url}?x=1`, { method: 'POST', body: parameters(state) })).text()
  return { ...stage, get, post }
}

/** What a framework makes of a form. */
const parse = async (request: IncomingMessage) => querystring.parse(await text(request))
/** The same object, made in another realm: its `Object.prototype` is not ours. */
const inOtherRealm = async (request: IncomingMessage) =>
  runInNewContext('Object.assign({}, parsed)', { parsed: await parse(request) }) as Record<string, unknown>

describe('a request of node:http', () => {
  test('is a callback as it is', async () => {
    const { get, tokenRequests } = await serve((request) => request)
    expect(await get('other')).toMatch(/^state_mismatch/)
    expect(await get()).toBe('token')
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('is one by its parsed query', async () => {
    const { get } = await serve((request) => querystring.parse(request.url?.split('?')[1] ?? ''))
    expect(await get('other')).toMatch(/^state_mismatch/)
    expect(await get()).toBe('token')
  })

  test('that is a POST says to pass req.body, whatever its URL says', async () => {
    const { post, tokenRequests } = await serve((request) => request)
    expect(await post()).toBe(
      'callback_invalid: this POST is not a fetch Request: pass req.body, the form that your framework has parsed',
    )
    expect(await tokenRequests()).toHaveLength(0)
  })

  test.each([
    ['of this realm', parse],
    ['of another realm', inOtherRealm],
  ])('that is a POST is a callback by its parsed form, an object %s', async (_, parsed) => {
    const { post } = await serve(parsed)
    expect(await post('other')).toMatch(/^state_mismatch/)
    expect(await post()).toBe('token')
  })
})

test.each(['url', 'href', 'getAll', 'method'])(
  'a parameter called %s does not turn the parameters of another realm into something else',
  async (name) => {
    const { finish, login, transaction, state } = await begin()
    const evil = `?code=canary-evil&state=${state}`
    const parsed = (own: string) =>
      runInNewContext('({ code: "canary-code", state: own, [name]: evil })', { own, name, evil }) as object
    expect((await finish(parsed('other') as Callback)).code).toBe('state_mismatch')
    expect(await login.requestToken(parsed(state) as Callback, transaction)).toBeDefined()
  },
)
