import { adaptDefinition } from '../authorization/adapt.ts'
import { toWire } from './protocol.ts'
import type { AuthorizationServer } from '../authorization-server.ts'
import type { FaultServer } from '../fault-server.ts'
import type { RemoteTesting } from '../testing-service.ts'
import type { Call, Result } from './protocol.ts'

/**
 * Drives servers from a browser, where none can listen: they run where `serveTesting` was called, and behave as those
 * started there. Nothing here needs Node.
 *
 * @example
 * ```ts
 * import { connectTesting } from '@grantkit/testing/remote'
 * import { serveTesting } from '@grantkit/testing/server'
 *
 * const service = await serveTesting() // in Node, before the browser starts
 * const testing = connectTesting(service.url) // in the browser
 * const server = await testing.startAuthorizationServer()
 * server.clients.public.clientId // => 'public-client'
 * await service.close()
 * ```
 */
export function connectTesting(url: string): RemoteTesting {
  const service: Service = { url, fetch: globalThis.fetch.bind(globalThis) } // a test may put another in its place
  return {
    async startAuthorizationServer(options = {}) {
      const server = (await call(service, '', 'startAuthorizationServer', [options])) as AuthorizationServer
      return { ...server, adapt: async (definition) => adaptDefinition(definition, server) } // keeps its functions
    },
    startFaultServer: async () => (await call(service, '', 'startFaultServer', [])) as FaultServer,
  }
}

interface Service {
  readonly url: string
  readonly fetch: typeof fetch
}

async function call(
  service: Service,
  object: string,
  method: string,
  parameters: readonly unknown[],
): Promise<unknown> {
  const body = toWire({ object, method, arguments: parameters } satisfies Call)
  const response = await service.fetch(service.url, { method: 'POST', body })
  if (!response.ok) throw new Error(`no testing service answers at this URL: ${response.status}`)
  const result = (await response.json()) as Result
  if ('error' in result) throw new Error(result.error)
  return 'object' in result ? standIn(service, result) : result.value
}

/** An object here that passes its calls on to the one there. */
function standIn(service: Service, { object, methods, properties }: Extract<Result, { object: string }>): object {
  const members = methods.map(
    (method) => [method, (...parameters: unknown[]) => call(service, object, method, parameters)] as const,
  )
  const close = (): Promise<unknown> => call(service, object, 'close', [])
  return { ...properties, ...Object.fromEntries(members), [Symbol.asyncDispose]: close }
}
