import {
  type AuthorizationServer,
  type AuthorizationServerOptions,
  type FaultServer,
  startAuthorizationServer,
  startFaultServer,
} from '@grantkit/testing/server'
import { onTestFinished } from 'vitest'
import { keepSecret, watch } from './oracle.ts'

/** A server of faults, for as long as the test runs; what it hands out is secret, and so is the URL it is asked for. */
export async function faultServer(): Promise<FaultServer> {
  const server = await startFaultServer()
  onTestFinished(() => server.close())
  const reply: FaultServer['reply'] = (path, ...replies) => {
    for (const { json, form } of replies) learn(json ?? form)
    return server.reply(path, ...replies)
  }
  return watch({ ...server, reply })
}

/** A real authorization server, for as long as the test runs. */
export async function authorizationServer(options: AuthorizationServerOptions = {}): Promise<AuthorizationServer> {
  const server = await startAuthorizationServer(options)
  onTestFinished(() => server.close())
  return watch(server)
}

/** The tokens of a response, and the signed part of an ID token. */
function learn(answer: unknown): void {
  if (typeof answer !== 'object' || answer === null) return
  const { access_token, refresh_token, id_token, device_code, auth_req_id } = answer as Record<string, unknown>
  keepSecret(access_token, refresh_token, device_code, auth_req_id)
  if (typeof id_token === 'string') keepSecret(...id_token.split('.').slice(1))
}
