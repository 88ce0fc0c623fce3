import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { collectGarbage } from '../support/garbage.ts'
import { onNode } from '../support/runtime.ts'
import { fetchOn, releases } from '../support/undici.ts'

const large = Buffer.alloc(5_000_000)

/** A server that sends a body that is too large to be kept for a reader, a short one from `/short`, and one that should not be from `/reset`. */
async function server(): Promise<{ readonly url: string; connections(): number }> {
  let connections = 0
  const listener: RequestListener = ({ url }, response) => {
    if (url === '/reset') response.writeHead(205)
    response.end(url === '/short' ? 'ok' : large)
  }
  const made = createServer(listener).on('connection', () => connections++)
  await once(made.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => made.close().closeAllConnections())
  return { url: `http://127.0.0.1:${(made.address() as AddressInfo).port}`, connections: () => connections }
}

describe.each(releases)('on %s, with one connection,', (_, undici) => {
  const start = async () => {
    const { Agent } = await undici()
    const fetch = fetchOn(undici, { dispatcher: new Agent({ connections: 1 }) })
    const { url, connections } = await server()
    return { fetch, url, connections, next: async () => (await fetch(`${url}/short`)).text() }
  }

  test('requests share it', async () => {
    const { connections, next } = await start()
    for (let i = 0; i < 10; i++) expect(await next()).toBe('ok')
    expect(connections()).toBe(1)
  })

  test('a short body that nobody reads does not hold it', async () => {
    const { fetch, url, connections, next } = await start()
    const kept = [await fetch(`${url}/short`), await fetch(`${url}/short`)]
    expect(await next()).toBe('ok')
    expect([connections(), kept.length]).toEqual([1, 2])
  })

  test('a cancelled body gives it up', async () => {
    const { fetch, url, next } = await start()
    await (await fetch(url)).body?.cancel()
    expect(await next()).toBe('ok')
  })

  test('a body that status 205 does not allow gives it up', async () => {
    const { fetch, url, next } = await start()
    expect((await fetch(`${url}/reset`)).body).toBe(null)
    expect(await next()).toBe('ok')
  })

  test('a body that is cancelled while it is read gives it up', async () => {
    const { fetch, url, next } = await start()
    const reader = (await fetch(url)).body?.getReader()
    await reader?.read()
    await reader?.cancel()
    expect(await next()).toBe('ok')
  })

  test('an abort of an unread body gives it up', async () => {
    const { fetch, url, next } = await start()
    const controller = new AbortController()
    const response = await fetch(url, { signal: controller.signal })
    controller.abort()
    expect(await next()).toBe('ok')
    expect(response.bodyUsed).toBe(false)
  })

  test.each<[string, (response: Response) => unknown]>([
    ['unread', () => undefined],
    ['half read', (response) => response.body?.getReader().read()],
    ['cloned', (response) => response.clone().status],
  ])('a response that is garbage, %s, gives it up, though a signal that lives on is watched', async (_use, use) => {
    const { fetch, url, next } = await start()
    const controller = new AbortController()
    const forget = async (): Promise<void> => void (await use(await fetch(url, { signal: controller.signal })))
    await forget()
    await collectGarbage()
    expect(await next()).toBe('ok')
    expect(controller.signal.aborted).toBe(false)
  })

  test.each([{ redirect: 'error' as const }, {}])('a response that is refused gives it up: %j', async (init) => {
    const { Agent } = await undici()
    const fetch = fetchOn(undici, { dispatcher: new Agent({ connections: 1 }) })
    const made = createServer(({ url }, response) => {
      if (url === '/short') response.end('ok')
      else response.writeHead('redirect' in init ? 302 : 999, { location: '/short' }).write(large)
    })
    await once(made.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => made.close().closeAllConnections())
    const url = `http://127.0.0.1:${(made.address() as AddressInfo).port}`
    await expect(fetch(url, init)).rejects.toThrow(TypeError)
    expect(await (await fetch(`${url}/short`)).text()).toBe('ok')
  })
})

const script = (url: string): string => `
  import { nodeFetch } from '@grantkit/core/node'
  const responses = []
  for (const fetch of [nodeFetch(), nodeFetch({ tls: {} })]) {
    responses.push(await (await fetch('${url}/short')).text())
    responses.push(await fetch('${url}/short'))
    await (await fetch('${url}')).body.cancel()
  }
  process.stdout.write(responses.length + ' responses')
`

test.runIf(onNode)('connections that stay open do not keep the process alive', async () => {
  const { url } = await server()
  const flags = ['--conditions=@grantkit/source', '--disable-warning=ExperimentalWarning', '--input-type=module']
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, '--eval', script(url)], {
    cwd: new URL('../..', import.meta.url).pathname,
  })
  expect({ stdout, stderr }).toEqual({ stdout: '4 responses', stderr: '' })
})
