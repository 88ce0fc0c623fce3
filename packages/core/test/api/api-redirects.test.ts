import { authorizedFetch, GrantError, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { ok } from '../support/api-replies.ts'
import { stage } from '../support/call-stage.ts'
import { faultServer } from '../support/servers.ts'

// What holds in every runtime: in a browser, too, which follows a redirect unseen or not at all. What Node does step by
// step is in node/api-redirects.test.ts.

describe('a redirect to another origin', () => {
  test.each<[string, RequestInit]>([
    ['a header of the caller’s own', { headers: { 'x-api-key': 'canary-key' } }],
    ['a body', { method: 'POST', body: 'canary-body' }],
    ['a method that changes something', { method: 'DELETE', headers: { 'x-api-key': 'canary-key' } }],
  ])('does not take %s there', async (_, init) => {
    const other = await faultServer()
    await other.reply('/landing', ok)
    for (const status of [302, 307]) {
      const { fetch, url } = await stage([{ status, redirect: `${other.url}/landing` }])
      const error: unknown = await fetch(url, init).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      if (error !== undefined) expect(error instanceof TypeError || error instanceof GrantError).toBe(true)
    }
    expect(JSON.stringify(await other.requests())).not.toContain('canary')
  })

  test('is followed for a plain GET, without the token', async () => {
    const other = await faultServer()
    await other.reply('/landing', ok)
    const { fetch, url } = await stage([{ redirect: `${other.url}/landing` }])
    expect(await (await fetch(url, { headers: { accept: 'application/json' } })).json()).toEqual({ id: 'ada' })
    const requests = await other.requests()
    expect(requests.map(({ headers }) => headers['accept'])).toEqual(['application/json'])
    expect(JSON.stringify(requests)).not.toMatch(/authorization|access-token/)
  })

  test('is left to a caller that asks for it: the redirect itself, or a failure', async () => {
    const { server, url } = await stage([{ redirect: 'https://elsewhere.example/' }])
    const api = authorizedFetch(Token.from({ accessToken: 'access-token-9' }), { origins: [server.url] })
    expect((await api(url, { redirect: 'manual' })).ok).toBe(false)
    await expect(api(url, { redirect: 'error' })).rejects.toThrow(TypeError)
  })
})
