import { authorizedFetch, memoryStore, Token } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { ok, unauthorized } from '../support/api-replies.ts'
import { stage } from '../support/call-stage.ts'

// RFC 8707: the tokens of one grant, each for a resource of its own.

const mail = 'https://mail.acme.example'
const files = 'https://files.acme.example/v1'

/** A user who has logged in for a resource. */
async function loggedIn(resource: string | readonly string[], api: readonly Reply[] = [ok]) {
  const all = await stage(api)
  const { provider, clock } = all
  const tokens = provider.tokenSource({ store: memoryStore({ clock }), key: 'user:43' })
  const first = { accessToken: 'access-token-0', refreshToken: 'refresh-token-0', resource }
  await tokens.save(Token.from({ ...first, expiresAt: clock.now() + 3_600_000 }))
  const resources = async () =>
    (await all.tokenRequests()).map(({ body }) => new URLSearchParams(body).getAll('resource'))
  return { ...all, tokens, resources }
}

describe('a source whose login was for a resource', () => {
  test.each<[string, string | readonly string[], readonly string[]]>([
    ['one', mail, [mail]],
    ['several', [mail, files], [mail, files]],
  ])('refreshes with it: %s', async (_, resource, sent) => {
    const { tokens, clock, resources } = await loggedIn(resource)
    for (let n = 1; n <= 2; n++) {
      await clock.advance(3_600_000)
      expect((await tokens.token()).resource).toEqual(resource)
    }
    expect(await resources()).toEqual([sent, sent])
  })

  test('serves calls for it with the token of the login, without a request', async () => {
    const { tokens, url, sent, resources } = await loggedIn([mail, files])
    for (const resource of [undefined, [mail, files], [files, mail]]) await authorizedFetch(tokens, { resource })(url)
    expect(await sent()).toEqual(['token 0', 'token 0', 'token 0'])
    expect(await resources()).toEqual([])
  })

  test('gets another resource a token of its own, and keeps both', async () => {
    const { tokens, url, sent, resources } = await loggedIn(mail)
    const [toMail, toFiles] = [mail, files].map((resource) => authorizedFetch(tokens, { resource }))
    for (const api of [toFiles, toMail, toFiles, authorizedFetch(tokens)]) await api?.(url)
    expect(await sent()).toEqual(['token 1', 'token 0', 'token 1', 'token 0'])
    expect(await resources()).toEqual([[files]])
  })

  test('replaces the token of the resource that was refused, and no other', async () => {
    const { tokens, url, sent, resources } = await loggedIn(mail, [ok, unauthorized, ok])
    const toFiles = authorizedFetch(tokens, { resource: files })
    await toFiles(url)
    await toFiles(url)
    await authorizedFetch(tokens)(url)
    expect(await sent()).toEqual(['token 1', 'token 1', 'token 2', 'token 0'])
    expect(await resources()).toEqual([[files], [files]])
  })
})
