import type { ClientRegistration, ProviderDefinition, ProviderOptions } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { someTime, type TestClock } from './clock.ts'
import { confidential, goodToken, scene } from './scene.ts'

/** A clock that nobody waits for: each pause is over at once. Deadlines never come. */
export interface PatientClock extends TestClock {
  /** The pauses so far, in seconds. */
  readonly pauses: readonly number[]
}

export function patientClock(deadline = 10_000): PatientClock {
  const pauses: number[] = []
  let time = someTime
  const jump = (ms: number): void => void (time += ms)
  return {
    now: () => time,
    sleep: (ms) => {
      if (ms === deadline) return new Promise(() => {})
      pauses.push(ms / 1000)
      jump(ms)
      return Promise.resolve()
    },
    advance: async (ms) => jump(ms),
    jump,
    waiting: 0,
    pauses,
  }
}

export const pending: Reply = { status: 400, json: { error: 'authorization_pending' } }
export const slowDown: Reply = { status: 400, json: { error: 'slow_down' } }
export const granted: Reply = { json: goodToken }

/** What begins a login on another device, with nothing wrong. */
export const codes = {
  device_code: 'canary-device-code',
  user_code: 'WDJB-MJHT',
  verification_uri: 'https://id.acme.example/device',
  verification_uri_complete: 'https://id.acme.example/device?user_code=WDJB-MJHT',
  expires_in: 900,
  interval: 5,
}
export const request = { auth_req_id: 'canary-auth-req-id', expires_in: 900, interval: 5 }

/** A deadline that is told apart from every pause. */
const timeout = 123_457

/** A server that begins logins on other devices, and responds to token requests as it is told. */
export async function pendingStage(...replies: readonly Reply[]) {
  return pendingStageWith({}, ...replies)
}

/** The same, where the response that begins a login has these fields; an undefined one is left out. */
export async function pendingStageWith(fields: object, ...replies: readonly Reply[]) {
  const clock = patientClock(timeout)
  const { server, provider: define, tokenRequests } = await scene(...(replies.length > 0 ? replies : [granted]))
  await server.reply('/device', { json: { ...codes, ...fields } })
  await server.reply('/bc', { json: { ...request, ...fields } })
  const metadata = {
    issuer: server.url,
    jwks_uri: `${server.url}/jwks`,
    token_endpoint: `${server.url}/token`,
    device_authorization_endpoint: `${server.url}/device`,
    backchannel_authentication_endpoint: `${server.url}/bc`,
  }
  const provider = (
    definition: Partial<ProviderDefinition> = {},
    client: ClientRegistration = confidential,
    options: ProviderOptions = {},
  ) =>
    define(client, { ...definition, metadata: { ...metadata, ...definition.metadata } }, { clock, timeout, ...options })
  const begun = async (path: string) => (await server.requests()).filter((sent) => sent.path === path)
  return { server, clock, provider, tokenRequests, begun, timeout }
}
