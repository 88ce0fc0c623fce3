import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Pkce } from '@grantkit/core'
import { fencesOf } from './fences.ts'
import { folder } from './sample.ts'

/** The two routes of a web app, as the page about a first login has them. */
interface Routes {
  begin(): Promise<Response>
  finish(request: Request): Promise<Response>
}

const page = 'docs/guide/first-login.md'

/** The documented routes, with a login of the test's own in them. */
async function routesFor(login: Pkce): Promise<Routes> {
  const text = readFileSync(join(import.meta.dirname, '../..', page), 'utf8')
  const fence = fencesOf(page, text).find(({ code }) => code.some((line) => line.includes('async function finish(')))
  if (!fence) throw new Error(`${page} has no routes any more`)
  const path = join(folder, 'documented-login.ts')
  const head = `import { GrantError, type GrantErrorAction, type Pkce, type Transaction } from '@grantkit/core'`
  const types = fence.code.map((line) => line.replace('typeof transaction', 'Transaction'))
  const body = ['export function routes(login: Pkce) {', ...types, 'return { begin, finish }', '}']
  mkdirSync(folder, { recursive: true })
  writeFileSync(path, [head, ...body, ''].join('\n'))
  const { routes } = (await import(/* @vite-ignore */ path)) as { routes(login: Pkce): Routes }
  return routes(login)
}

/** Serves the documented routes on a port of this machine. */
export async function serveDocumentedLogin(login: Pkce): Promise<{ readonly url: string; close(): void }> {
  const { begin, finish } = await routesFor(login)
  const app = createServer((incoming, outgoing) => {
    void (async () => {
      const { url = '/', headers } = incoming
      const request = new Request(new URL(url, 'http://app.example'), { headers: { cookie: headers.cookie ?? '' } })
      const response = await (url.startsWith('/login') ? begin() : finish(request))
      outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text())
    })()
  })
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  const { port } = app.address() as AddressInfo
  const close = () => {
    app.closeAllConnections()
    app.close()
  }
  return { url: `http://127.0.0.1:${port}`, close }
}
