import { generateKey } from '@grantkit/stores/keys'
import { vi } from 'vitest'
import { Browser } from './browser.ts'
import { gitlabEnvironment, standInForGitLab } from './stand-ins.ts'
import { walkThrough } from './walk.ts'

const home = 'https://app.example'

interface DurableObject {
  fetch(request: Request): Promise<Response>
}

/** A worker, as its runtime sees it: the handler, and the class of its durable objects. */
interface Worker {
  readonly default: { fetch(request: Request, env: unknown): Promise<Response> }
  readonly Session: new (state: { readonly storage: Storage }, env: unknown) => DurableObject
}

/** What a durable object stores: copies, as the runtime makes them. */
class Storage {
  readonly #values = new Map<string, unknown>()
  get = async (key: string): Promise<unknown> => structuredClone(this.#values.get(key))
  put = async (key: string, value: unknown): Promise<void> => void this.#values.set(key, structuredClone(value))
  delete = async (key: string): Promise<boolean> => this.#values.delete(key)
}

/** Runs a sample that is a worker with durable objects, and uses it as people do. A server on this machine stands in for GitLab. */
export async function visitWorker(load: () => Promise<unknown>): Promise<void> {
  const redirectUri = `${home}/callback`
  const provider = await standInForGitLab(redirectUri)
  const log = vi.spyOn(console, 'log').mockReturnValue() // what a worker logs of a failure
  try {
    const worker = (await load()) as Worker
    const env: Record<string, unknown> = { ...gitlabEnvironment(redirectUri), COOKIE_KEY: generateKey() }
    env['SESSIONS'] = namespace(({ storage }) => new worker.Session({ storage }, env))
    const browser = new Browser((request) => worker.default.fetch(request, env), home)
    await walkThrough({ browser, providers: [provider], logsOut: true })
  } finally {
    await provider.close()
    log.mockRestore()
  }
}

/** A namespace of durable objects. Each call gets a new object over the same storage: nothing may live in memory alone. */
function namespace(make: (state: { readonly storage: Storage }) => DurableObject) {
  const storages = new Map<string, Storage>()
  return {
    idFromName: (name: string) => ({ name }),
    get: ({ name }: { readonly name: string }) => ({
      fetch: (request: Request) => {
        const storage = storages.get(name) ?? new Storage()
        storages.set(name, storage)
        return make({ storage }).fetch(request)
      },
    }),
  }
}
