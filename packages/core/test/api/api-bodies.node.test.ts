import { fc, test } from '@fast-check/vitest'
import { authorizedFetch, type GrantEvent, Provider, Token } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { Readable } from 'node:stream'
import { describe, expect, vi } from 'vitest'
import { cases } from '../support/cases.ts'
import { watched } from '../support/scene.ts'
import { faultServer } from '../support/servers.ts'

vi.setConfig({ testTimeout: 120_000 })

// What a server receives is the caller's body, each time, or no request at all.

/** A body of some content, and what its owner may do to it while the call is under way. */
interface Written {
  readonly body: unknown
  readonly change?: () => void
}

const bytesOf = (content: string) => new TextEncoder().encode(content)

const readTwice: Readonly<Record<string, (content: string) => Written>> = {
  'a string': (content) => ({ body: content }),
  'a form': (content) => {
    const body = new URLSearchParams({ content })
    return { body, change: () => body.set('content', 'changed') }
  },
  'an ArrayBuffer': (content) => {
    const bytes = bytesOf(content)
    return { body: bytes.buffer, change: () => bytes.fill(33) }
  },
  'a part of a typed array': (content) => {
    const bytes = bytesOf(`--${content}--`)
    return { body: bytes.subarray(2, -2), change: () => bytes.fill(33) }
  },
  'a DataView': (content) => {
    const bytes = bytesOf(content)
    return { body: new DataView(bytes.buffer), change: () => bytes.fill(33) }
  },
  'a Blob': (content) => ({ body: new Blob([content]) }),
  'a multipart form': (content) => {
    const body = new FormData()
    body.set('content', content)
    body.set('file', new File([content], 'content.txt'))
    return { body, change: () => body.delete('content') }
  },
}

async function* pieces(content: string): AsyncGenerator<Uint8Array> {
  yield bytesOf(content.slice(0, 1))
  yield bytesOf(content.slice(1))
}

const readOnce: Readonly<Record<string, (content: string) => Written>> = {
  'a stream': (content) => ({ body: new Blob([content]).stream() }),
  'an async generator': (content) => ({ body: pieces(content) }),
  'a stream of Node': (content) => ({ body: Readable.from(pieces(content)) }),
  'an iterable of a class that nobody knows': (content) => ({
    body: { [Symbol.asyncIterator]: () => pieces(content) },
  }),
}

const replies: Readonly<Record<string, Reply>> = {
  unauthorized: { status: 401 },
  temporary: { status: 307, redirect: '?again' },
  permanent: { status: 308, redirect: '?again' },
  busy: { status: 429 },
}

/** An API for uploads, whose token is another one each time that it is asked for. */
async function stage() {
  const server = await faultServer()
  const events: GrantEvent[] = []
  const options = { onEvent: watched((event) => events.push(event)) }
  const definition = { name: 'acme', metadata: { token_endpoint: `${server.url}/token` }, apiOrigins: [server.url] }
  const provider = new Provider(definition, { clientId: 'cid' }, options)
  let issued = 0
  let calls = 0
  const tokens = provider.tokenSource({ request: async () => Token.from({ accessToken: `canary-${++issued}` }) })
  const api = authorizedFetch(tokens, {
    retry: ({ rateLimited, attempt }) => (rateLimited && attempt < 9 ? 0 : undefined),
  })
  const upload = async ({ body, change }: Written, ...script: readonly Reply[]) => {
    events.length = 0
    const path = `/upload/${++calls}`
    await server.reply(path, ...script)
    const call = api(server.url + path, { method: 'PUT', body, duplex: 'half' } as RequestInit)
    change?.()
    const outcome = await call.then(
      ({ status }) => status,
      (error: unknown) => error,
    )
    const received = await server.requests()
    await server.forget()
    return { outcome, received, events: events.map(({ type }) => type) }
  }
  return upload
}

const content = fc.string({ minLength: 2, maxLength: 40 }).filter((text) => /^[\w ]*$/.test(text))
const script = fc.array(fc.constantFrom(...Object.keys(replies)), { maxLength: 4 })

describe.each(Object.keys(readTwice))('%s', (kind) => {
  const write = readTwice[kind]!

  test('is what the server receives each time: after a 401, a redirect, a pause, and whatever its owner does to it meanwhile', async () => {
    const upload = await stage()
    await fc.assert(
      fc.asyncProperty(content, script, async (text, names) => {
        const { received, outcome } = await upload(write(text), ...names.map((name) => replies[name]!), { status: 204 })
        const refusals = names.filter((name) => name === 'unauthorized').length
        expect(outcome).toBe(refusals > 1 ? 401 : 204)
        if (refusals <= 1) expect(received).toHaveLength(names.length + 1)
        for (const { body, method } of received) expectContent({ body, method }, { kind, text })
      }),
      { ...cases, numRuns: Math.min(cases.numRuns, 60) },
    )
  })
})

function expectContent(
  { body, method }: { readonly body: string; readonly method: string },
  { kind, text }: { readonly kind: string; readonly text: string },
): void {
  expect(method).toBe('PUT')
  if (kind === 'a form') expect(Object.fromEntries(new URLSearchParams(body))).toEqual({ content: text })
  else if (kind !== 'a multipart form') expect(body).toBe(text)
  else for (const name of ['name="content"', 'filename="content.txt"', text]) expect(body).toContain(name)
}

describe.each(Object.keys(readOnce))('%s', (kind) => {
  const write = readOnce[kind]!

  test('R42: is not sent again after a 401: that comes back, with an event', async () => {
    const upload = await stage()
    const { outcome, received, events } = await upload(write('hello'), { status: 401 }, { status: 204 })
    expect(outcome).toBe(401)
    expect(received.map(({ body }) => body)).toEqual(['hello'])
    expect(events.filter((type) => type === 'not_replayed')).toHaveLength(1)
  })

  test.each([307, 308])(
    'does not follow a %i: the call rejects as fetch does, and nothing empty is sent',
    async (status) => {
      const upload = await stage()
      const { outcome, received } = await upload(write('hello'), { status, redirect: '?again' }, { status: 204 })
      expect(outcome).toBeInstanceOf(TypeError)
      expect(received.map(({ body }) => body)).toEqual(['hello'])
    },
  )

  test('is not sent again to an API that is busy', async () => {
    const upload = await stage()
    const { outcome, received } = await upload(write('hello'), { status: 429 }, { status: 204 })
    expect([outcome, received.length]).toEqual([429, 1])
  })
})

test('headers are those of the moment of the call, too', async () => {
  const server = await faultServer()
  await server.reply('/v1/me', { status: 204 })
  const headers = new Headers({ 'x-mine': 'then' })
  const tokens = Token.from({ accessToken: 'canary' })
  const call = authorizedFetch(tokens, { origins: [server.url] })(`${server.url}/v1/me`, { headers })
  headers.set('x-mine', 'later')
  await call
  expect((await server.requests())[0]?.headers['x-mine']).toBe('then')
})
