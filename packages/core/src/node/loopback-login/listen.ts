import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GrantError } from '../../errors/grant-error.ts'
import type { ProviderDefinition } from '../../definition/provider-definition.ts'
import { type LoopbackRedirect, withPort } from './redirects.ts'
import { Listener } from './listener.ts'

/** The limits of one client: a callback is a short GET. */
const limits = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1000,
}
const mostConnections = 64
/** Ports to try: one that is free on the first family may be taken on the other. */
const attempts = 10
/** What the operating system says of a family of addresses that this machine does not have. */
const missingFamily = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])

/**
 * Listens for the first of these redirect URIs whose address this machine has: a socket for IPv4 and one for IPv6, on
 * the same port (RFC 8252 §7.3). Rejects with `config_invalid` for a port that is not available.
 */
export async function listen(provider: ProviderDefinition, redirects: readonly LoopbackRedirect[]): Promise<Listener> {
  let failure: unknown
  for (const redirect of redirects) {
    try {
      return await bind(redirect)
    } catch (error) {
      if (!missingFamily.has(codeOf(error))) throw unavailable(provider.name, redirect, error)
      failure ??= unavailable(provider.name, redirect, error)
    }
  }
  throw failure
}

async function bind(redirect: LoopbackRedirect): Promise<Listener> {
  for (let attempt = 1; ; attempt++) {
    const listener = new Listener()
    try {
      listener.redirectUri = withPort(redirect, await bindFamilies(redirect, listener))
      return listener
    } catch (error) {
      await listener.close()
      const another = redirect.port === 0 && codeOf(error) === 'EADDRINUSE' && attempt < attempts
      if (!another) throw error
    }
  }
}

async function bindFamilies({ host, port }: LoopbackRedirect, listener: Listener): Promise<number> {
  let bound = port
  for (const address of addressesOf(host)) {
    const server = newServer(listener.receive)
    try {
      await listening(server, address, bound)
    } catch (error) {
      if (address !== host && missingFamily.has(codeOf(error))) continue
      throw error
    }
    listener.add(server)
    bound = (server.address() as AddressInfo).port
  }
  if (listener.isEmpty) throw Object.assign(new Error('no address'), { code: 'EADDRNOTAVAIL' })
  return bound
}

/** The address of the redirect URI, then that of the other family: a forwarded port, or the name `localhost`, may lead to either. */
function addressesOf(host: string): readonly [string, string] {
  if (host === '::1') return ['::1', '127.0.0.1']
  return [host === 'localhost' ? '127.0.0.1' : host, '::1']
}

function newServer(receive: RequestListener): Server {
  const server = createServer(limits, receive)
  server.maxConnections = mostConnections
  return server
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function unavailable(name: string, { uri, port, host }: LoopbackRedirect, cause: unknown): GrantError {
  const words: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} is taken, and "${uri}" needs it: stop the program that uses it, or register another port at ${name}`,
    EACCES: `this user may not listen on port ${port}, and "${uri}" needs it: register a port above 1023 at ${name}`,
    EADDRNOTAVAIL: `this machine has no address ${host}: register and use "http://127.0.0.1:8888/callback" at ${name}`,
  }
  return new GrantError('config_invalid', words[codeOf(cause)] ?? `nothing can listen for "${uri}"`, {
    provider: name,
    cause,
  })
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { readonly code?: unknown }
  return String(code)
}
