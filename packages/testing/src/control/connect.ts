import { adaptDefinition } from '../authorization/adapt.ts'
import { toWire } from './protocol.ts'
import type { AuthorizationServer } from '../authorization-server.ts'
import type { FaultServer } from '../fault-server.ts'
import type { RemoteTesting } from '../testing-service.ts'
import type { Call, Result } from './protocol.ts'

/**
 * Controls test servers from a browser. They run in the process that called `serveTesting`, and behave like servers
 * started there. This function does not need Node.
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
  const service: Service = { url, fetch: globalThis.fetch.bind(globalThis) } // a test may replace it later
  return {
    async startAuthorizationServer(options = {}) {
      const server = (await call(service, {
        object: '',
        method: 'startAuthorizationServer',
        arguments: [options],
      })) as AuthorizationServer
      return { ...server, adapt: async (definition) => adaptDefinition(definition, server) } // keeps the functions of the definition
    },
    startFaultServer: async () =>
      (await call(service, { object: '', method: 'startFaultServer', arguments: [] })) as FaultServer,
  }
}

interface Service {
  readonly url: string
  readonly fetch: typeof fetch
}

async function call(service: Service, request: Call): Promise<unknown> {
  const response = await service.fetch(service.url, { method: 'POST', body: toWire(request) })
  if (!response.ok) throw new Error(`the URL does not belong to a testing service: ${response.status}`)
  const result = (await response.json()) as Result
  if ('error' in result) throw new Error(result.error)
  return 'object' in result ? standIn(service, result) : result.value
}

/** A local object that forwards its calls to a remote one. */
function standIn(service: Service, { object, methods, properties }: Extract<Result, { object: string }>): object {
  const forward =
    (method: string) =>
    (...parameters: unknown[]): Promise<unknown> =>
      call(service, { object, method, arguments: parameters })
  const close = forward('close')
  return {
    ...properties,
    ...Object.fromEntries(methods.map((method) => [method, forward(method)])),
    [Symbol.asyncDispose]: close,
  }
}
