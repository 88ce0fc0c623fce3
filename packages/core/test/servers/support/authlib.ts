import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onFreePort, ServerProcess } from '../../../../stores/test/support/server-process.ts'
import { authlib } from './programs.ts'
import { send } from './send.ts'

/** A server of Authlib's grants and endpoints, on a port of 127.0.0.1. Its user is Ada, who need not log in. */
export interface AuthlibServer {
  readonly issuer: string
  /** What the user decides about an authorization request; returns the callback. */
  decide(url: URL, consent?: 'yes' | 'no'): Promise<string>
  /** What the user decides about a device. */
  decideDevice(userCode: string, consent?: 'yes' | 'no'): Promise<void>
  /** Kills it. */
  stop(): Promise<void>
}

/** Starts it with clients, whose fields are those of RFC 7591. */
export async function startAuthlib(clients: readonly object[]): Promise<AuthlibServer> {
  const folder = await mkdtemp(join(tmpdir(), 'grantkit-authlib-'))
  const file = join(folder, 'clients.json')
  await writeFile(file, JSON.stringify({ clients }))
  return onFreePort(async (port) => {
    const server = await ServerProcess.start({
      command: authlib.find() ?? 'python3',
      args: ['-B', join(import.meta.dirname, 'authlib/server.py'), String(port), file],
      ready: 'Authlib listens',
      signal: 'KILL',
    })
    const issuer = `http://127.0.0.1:${port}`
    return {
      issuer,
      async decide(url, consent = 'yes') {
        const { location, text } = await send(url, { form: { consent } })
        if (location === undefined) throw new Error(`no redirect: ${text}`)
        return location
      },
      async decideDevice(userCode, consent = 'yes') {
        await send(`${issuer}/device`, { form: { user_code: userCode, consent } })
      },
      async stop() {
        await server.stop()
        await rm(folder, { recursive: true, force: true })
      },
    }
  })
}
