import { DeviceAuthorization, Provider, type Token } from '@grantkit/core'
import type { JWTPayload } from 'jose'
import { openid, sign } from './openid.ts'
import { codes, patientClock } from './pending-stage.ts'
import { watched } from './scene.ts'

/** An OpenID provider with a device endpoint, and a clock that nobody waits for. */
export async function openidDevice(options: Parameters<typeof openid>[0] = {}) {
  const clock = patientClock()
  const stage = await openid({ ...options, clock })
  const { name, metadata } = stage.provider.definition
  const device_authorization_endpoint = `${stage.server.url}/device`
  await stage.server.reply('/device', { json: { ...codes, interval: 7 } }) // no pause is as long as a deadline
  const definition = { name, metadata: { ...metadata, device_authorization_endpoint } }
  const provider = new Provider(definition, { clientId: 'cid' }, { clock, onEvent: watched() })
  return { ...stage, clock, device: provider.grant(DeviceAuthorization) }
}

/** Logs in on another device; the ID token is made of honest claims, changed by the test. */
export async function logInWithDevice(
  stage: Awaited<ReturnType<typeof openidDevice>>,
  change: JWTPayload = {},
): Promise<Token> {
  const { transaction } = await stage.device.authorize({ scope: ['openid'] })
  await stage.answer(await sign({ ...stage.claims(), ...change }))
  return stage.device.requestToken(transaction)
}
