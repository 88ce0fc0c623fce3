// ky with the hooks of its README: one adds the token, one refreshes it after a 401.
import ky from 'ky'
import * as floor from './floor-fetch.ts'
import type { HerdClient, HerdStart, Setup, TokenAnswer } from './program.ts'

interface Held {
  accessToken: string
  refreshToken: string | undefined
}

type Renew = (held: Held) => Promise<Held>

function clientOf(setup: Setup, held: Held, renew: Renew): () => Promise<unknown> {
  const client = ky.create({
    hooks: {
      beforeRequest: [({ request }) => request.headers.set('authorization', `Bearer ${held.accessToken}`)],
      afterResponse: [
        async ({ request, response }) => {
          if (response.status !== 401) return undefined
          Object.assign(held, await renew(held))
          const headers = { authorization: `Bearer ${held.accessToken}` }
          return ky(request.url, { method: request.method, headers, throwHttpErrors: false })
        },
      ],
    },
  })
  return () => client.get(setup.apiUrl).json()
}

function refreshing(setup: Setup): Renew {
  return async ({ refreshToken }) => {
    const answer = { access_token: '', token_type: 'Bearer', expires_in: 0, refresh_token: refreshToken ?? '' }
    const fresh = await floor.refresh?.(setup, answer)()
    return fresh as Held
  }
}

function heldOf({ access_token: accessToken, refresh_token: refreshToken }: TokenAnswer): Held {
  return { accessToken, refreshToken }
}

export function apiCall(setup: Setup, answer: TokenAnswer): () => Promise<unknown> {
  return clientOf(setup, heldOf(answer), refreshing(setup))
}

/** Every caller refreshes by itself. */
export function herd(start: HerdStart): HerdClient {
  return herdWith(start, (renew) => renew)
}

/** Callers who refresh as `share` lets them. */
export function herdWith({ setup, answer }: HerdStart, share: (renew: Renew) => Renew): HerdClient {
  const held = heldOf(answer as TokenAnswer)
  return { call: clientOf(setup, held, share(refreshing(setup))), refreshToken: () => held.refreshToken }
}
