import { Provider } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { errorOf } from './support/scene.ts'
import { faultServer } from './support/servers.ts'

const rfc8414 = '/.well-known/oauth-authorization-server'
const openid = '/.well-known/openid-configuration'

/** A clock whose pauses are over at once, and whose deadline never comes. */
const clock = {
  now: () => Date.now(),
  sleep: (ms: number) => (ms > 5000 ? new Promise<void>(() => {}) : Promise.resolve()),
}

/** The error of a discovery at a server that answers so, and its issuer. */
async function discover(replies: Readonly<Record<string, (url: string) => Reply>>, path = '') {
  const server = await faultServer()
  for (const [place, reply] of Object.entries(replies)) await server.reply(place, reply(server.url))
  const issuer = `${server.url}${path}`
  return { issuer, error: await errorOf(Provider.discover(issuer, { clientId: 'cid' }, { clock })) }
}

describe('metadata that cannot be had', () => {
  test.each([
    [400, 'report'],
    [403, 'report'],
    [201, 'report'],
    [429, 'retry'],
    [499, 'report'],
    [500, 'retry'],
    [501, 'retry'],
    [503, 'retry'],
  ])('status %i: %s', async (status, action) => {
    const { issuer, error } = await discover({ [rfc8414]: () => ({ status, json: {} }) })
    expect(error).toMatchObject({
      code: 'discovery_failed',
      action,
      status,
      message: `the metadata of "${issuer}" could not be fetched (status ${status})`,
    })
  })

  test('because there is none says where else to take it from', async () => {
    const { issuer, error } = await discover({})
    expect(error).toMatchObject({
      code: 'discovery_failed',
      action: 'fix_configuration',
      message: `"${issuer}" publishes no metadata (404): write the metadata of its documentation into a definition`,
    })
  })

  test.each([rfc8414, openid])('because it is no JSON, at %s', async (path) => {
    const page = { text: '<html>', headers: { 'content-type': 'text/html' } }
    const { error } = await discover({ [path]: () => page })
    expect(error).toMatchObject({
      code: 'discovery_failed',
      action: 'report',
      message: 'metadata is no JSON (text/html)',
    })
  })

  test.each([[[]], [null], ['https://id.acme.example'], [7]])('because it is no object: %j', async (json) => {
    const { issuer, error } = await discover({ [rfc8414]: () => ({ json }) })
    expect(error).toMatchObject({
      code: 'discovery_failed',
      action: 'report',
      message: `the metadata of "${issuer}" is no JSON object`,
    })
  })
})

describe('metadata of another issuer', () => {
  test.each<[string, string, (url: string) => unknown, boolean]>([
    ['without the slash at the end', '/', (url) => url, true],
    ['with a slash at the end', '', (url) => `${url}/`, true],
    ['on another host', '', () => 'https://id.acme.example', false],
    ['that only begins alike', '', (url) => `${url}/tenant`, false],
    ['with slashes elsewhere', '', (url) => url.replace('//', '/'), false],
    ['that is a number', '', () => 7, false],
    ['that is not told', '', () => undefined, false],
  ])('is refused, and another spelling is told: one %s', async (_, path, issuerOf, told) => {
    const { issuer, error } = await discover({ [rfc8414]: (url) => ({ json: { issuer: issuerOf(url) } }) }, path)
    const spelling = path === '/' ? issuer.slice(0, -1) : `${issuer}/`
    expect(error).toMatchObject({
      code: 'issuer_mismatch',
      action: 'fix_configuration',
      message: `the metadata at "${issuer}" belongs to another issuer${told ? `: the provider writes it "${spelling}"` : ''}`,
    })
  })
})
