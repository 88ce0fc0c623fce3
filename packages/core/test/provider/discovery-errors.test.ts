import { Provider } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { errorOf } from '../support/scene.ts'
import { faultServer } from '../support/servers.ts'

const rfc8414 = '/.well-known/oauth-authorization-server'
const openid = '/.well-known/openid-configuration'

/** A clock whose pauses are over at once, and whose deadline never comes. */
const clock = {
  now: () => Date.now(),
  sleep: (ms: number) => (ms > 5000 ? new Promise<void>(() => {}) : Promise.resolve()),
}

/** The error of a discovery at a server that responds so, and its issuer. */
async function discover(replies: Readonly<Record<string, (url: string) => Reply>>, path = '') {
  const server = await faultServer()
  for (const [place, reply] of Object.entries(replies)) await server.reply(place, reply(server.url))
  const issuer = `${server.url}${path}`
  const { host } = new URL(issuer)
  return { issuer, host, error: await errorOf(Provider.discover(issuer, { clientId: 'cid' }, { clock })) }
}

describe('metadata that cannot be had', () => {
  test.each([
    [400, 'report'],
    [201, 'report'],
    [429, 'retry'],
    [499, 'report'],
    [500, 'retry'],
    [501, 'retry'],
    [503, 'retry'],
  ])('status %i: %s', async (status, action) => {
    const { issuer, host, error } = await discover({ [rfc8414]: () => ({ status, json: {} }) })
    expect(error).toMatchObject({
      code: 'discovery_failed',
      action,
      status,
      provider: issuer,
      message: `the metadata of ${issuer} could not be fetched at ${host}${rfc8414} (${status})`,
    })
  })

  test.each([401, 403, 404])('because there is none says where else to take it from: status %i', async (status) => {
    const reply = () => ({ status })
    const { issuer, host, error } = await discover({ [rfc8414]: reply, [openid]: reply, [`${openid}/`]: reply })
    const tried = [rfc8414, openid, `${openid}/`].map((path) => `${host}${path} (${status})`).join(', ')
    expect(error).toMatchObject({
      code: 'discovery_failed',
      action: 'fix_configuration',
      status,
      provider: issuer,
      message: `${issuer} publishes no metadata at ${tried}: write the metadata of its documentation into a definition`,
    })
  })

  test.each([rfc8414, openid])('because it is not JSON, at %s', async (path) => {
    const page = { text: '<html>', headers: { 'content-type': 'text/html' } }
    const { issuer, host, error } = await discover({ [path]: () => page })
    expect(error).toMatchObject({
      code: 'discovery_failed',
      action: 'report',
      message: `the metadata of ${issuer} at ${host}${path} (200) is not a JSON object (text/html)`,
    })
  })

  test.each([[[]], [null], ['https://id.acme.example'], [7]])('because it is not an object: %j', async (json) => {
    const { issuer, host, error } = await discover({ [rfc8414]: () => ({ json }) })
    expect(error).toMatchObject({
      code: 'discovery_failed',
      action: 'report',
      message: `the metadata of ${issuer} at ${host}${rfc8414} (200) is not a JSON object (application/json)`,
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
  ])('is refused, and says both: one %s', async (_, path, issuerOf, spelling) => {
    let found: unknown
    const document = (url: string) => ({ json: { issuer: (found = issuerOf(url)) } })
    const { issuer, host, error } = await discover({ [rfc8414]: document }, path)
    const whose =
      found === undefined ? 'has no issuer' : `belongs to the issuer ${found === 7 ? 'a number' : `"${found}"`}`
    const hint = spelling ? ': write the issuer as the provider writes it' : ''
    expect(error).toMatchObject({
      code: 'issuer_mismatch',
      action: 'fix_configuration',
      provider: issuer,
      message: `the metadata at ${host}${rfc8414} ${whose}, where "${issuer}" is expected${hint}`,
    })
  })

  test('shows neither its user information nor its query', async () => {
    const { error } = await discover({
      [rfc8414]: () => ({ json: { issuer: 'https://u:canary@a.example/b?c=canary' } }),
    })
    expect(error.message).toContain('the issuer "https://a.example/b"')
  })
})

describe('an issuer that is the address of a document', () => {
  test.each([
    ['https://id.acme.example/.well-known/openid-configuration', 'https://id.acme.example'],
    ['https://id.acme.example/tenant/.well-known/openid-configuration', 'https://id.acme.example/tenant'],
    ['https://id.acme.example/.well-known/oauth-authorization-server/tenant', 'https://id.acme.example/tenant'],
  ])('%s: pass the issuer', async (issuer, wanted) => {
    const fetch = () => expect.fail('nothing is sent')
    expect(await errorOf(Provider.discover(issuer, { clientId: 'cid' }, { fetch }))).toMatchObject({
      code: 'config_invalid',
      message: `"${issuer}" is the address of a document: pass the issuer, "${wanted}"`,
    })
  })
})
