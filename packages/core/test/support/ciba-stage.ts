import { BackchannelAuthentication, Provider } from '@grantkit/core'
import type { JWTPayload } from 'jose'
import type { Reply } from '@grantkit/testing/server'
import { accessToken, openid, sign } from './openid.ts'
import { patientClock, request } from './pending-stage.ts'
import { confidential, watched } from './scene.ts'

interface CibaOptions {
  readonly metadata?: object
  /** Fields of the response that begins a login. */
  readonly fields?: object
  /** What begins it instead. */
  readonly begin?: Reply
  /** Claims of the ID token. */
  readonly change?: JWTPayload
}

/** An OpenID provider for CIBA whose token endpoint gives these replies, then a token. */
export async function cibaStage(
  replies: readonly Reply[] = [],
  { metadata = {}, fields = {}, change = {}, begin }: CibaOptions = {},
) {
  const clock = patientClock()
  const stage = await openid({ clock })
  const { server } = stage
  const known = stage.provider.definition.metadata
  const backchannel_authentication_endpoint = `${server.url}/bc`
  await server.reply('/bc', begin ?? { json: { ...request, interval: 7, ...fields } }) // no pause is as long as a deadline
  const id_token = await sign({ ...stage.claims(), ...change })
  await server.reply('/token', ...replies, { json: { access_token: accessToken, token_type: 'Bearer', id_token } })
  const definition = { name: 'acme', metadata: { ...known, backchannel_authentication_endpoint, ...metadata } }
  const grantOf = (client = confidential, more: object = {}) =>
    new Provider({ ...definition, ...more }, client, { clock, onEvent: watched() }).grant(BackchannelAuthentication)
  const sentTo = async (path: string) => (await server.requests()).filter((sent) => sent.path === path)
  return { ...stage, clock, grantOf, ciba: grantOf(), sentTo }
}
