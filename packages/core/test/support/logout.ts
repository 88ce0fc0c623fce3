import type { JWTPayload } from 'jose'
import { openid, sign } from './openid.ts'

/** The event of a logout (OpenID Connect Back-Channel Logout 1.0 §2.4). */
export const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'

/** A provider that posts logout tokens: honest ones, changed by the test. */
export async function logoutStage(options: Parameters<typeof openid>[0] = {}) {
  const stage = await openid(options)
  let count = 0
  const claims = (): JWTPayload => {
    const { iss, aud, iat = 0 } = stage.claims()
    const honest = {
      iss,
      aud,
      iat,
      exp: iat + 120,
      jti: `id-of-logout-token-${++count}`,
      events: { [logoutEvent]: {} },
    }
    return { ...honest, sub: 'ada', sid: 'session-1' } as JWTPayload
  }
  const issue = async (change: object = {}, signing: Parameters<typeof sign>[1] = {}): Promise<string> => {
    const changed = JSON.parse(JSON.stringify({ ...claims(), ...change })) as JWTPayload // without what is undefined
    return sign(changed, { header: { typ: 'logout+jwt' }, ...signing })
  }
  return { ...stage, claims, issue }
}
