import { BackchannelAuthentication, DeviceAuthorization } from '@grantkit/core'
import { expect, test } from 'vitest'
import { describeWith } from '../../../stores/test/support/describe-with.ts'
import { errorOf } from '../support/scene.ts'
import { faultServer } from '../support/servers.ts'
import { GlewlwydStage, web } from './support/glewlwyd-stage.ts'
import { user } from './support/glewlwyd.ts'
import { withoutPauses } from './support/without-pauses.ts'
import { glewlwyd } from './support/programs.ts'

const ciba = 'urn:openid:params:grant-type:ciba'
const scope = ['openid', 'read']
/** Glewlwyd's own form of it. */
const loginHint = JSON.stringify({ username: user.username })
const nothing = () => undefined

describeWith(glewlwyd, () => {
  const stage = new GlewlwydStage(
    {
      'auth-type-device-enabled': true,
      'device-authorization-expiration': 600,
      'device-authorization-interval': 1,
      'oauth-ciba-allowed': true,
      'oauth-ciba-default-expiry': 600,
      'oauth-ciba-maximum-expiry': 600,
      'oauth-ciba-mode-poll-allowed': true,
      'oauth-ciba-mode-ping-allowed': true,
    },
    {
      authorization_type: ['device_authorization', ciba, 'refresh_token'],
      backchannel_token_delivery_mode: 'poll',
    },
  )

  async function approveDevice(userCode: string): Promise<void> {
    const session = await stage.server.logIn('web', scope.join(' '))
    await session.send('GET', `/api/oidc/device?code=${userCode}&g_continue`)
  }

  async function approveRequest(clientId = 'web'): Promise<void> {
    const session = await stage.server.logIn(clientId, scope.join(' '))
    const { text } = await session.send('GET', '/api/oidc/ciba_user_list')
    for (const { user_req_id } of JSON.parse(text) as { user_req_id: string }[])
      await session.send('GET', `/api/oidc/ciba_user_check?user_req_id=${user_req_id}&g_continue`)
  }

  test('a device gets its token when the user has agreed', async () => {
    const device = (await stage.discover(withoutPauses())).grant(DeviceAuthorization)
    const { userCode, verificationUri, transaction } = await device.authorize({ scope })
    expect(verificationUri).toBe(`${stage.issuer}/device`)
    await approveDevice(userCode)
    const token = await device.requestToken(transaction)
    expect(token).toMatchObject({ tokenType: 'Bearer', scope, claims: { iss: stage.issuer, aud: 'web' } })
  })

  test('until then it waits, and asks less often where it is told to', async () => {
    let userCode = ''
    const approve = () => approveDevice(userCode)
    const pauses = [nothing, nothing, nothing, approve]
    const device = (await stage.discover(withoutPauses(...pauses))).grant(DeviceAuthorization)
    const begun = await device.authorize({ scope })
    userCode = begun.userCode
    expect((await device.requestToken(begun.transaction)).accessToken).toBeDefined()
  })

  test('a device code that nobody issued is refused', async () => {
    const device = (await stage.discover(withoutPauses())).grant(DeviceAuthorization)
    const { transaction } = await device.authorize({ scope })
    const other = { ...transaction, deviceCode: 'canary-'.padEnd(32, 'x') }
    expect(await errorOf(device.requestToken(other))).toMatchObject({ code: 'authorization_denied' })
  })

  test('a user who is asked on another device agrees there', async () => {
    const backchannel = (await stage.discover(withoutPauses(nothing, () => approveRequest()))).grant(
      BackchannelAuthentication,
    )
    const { transaction } = await backchannel.authorize({ loginHint, bindingMessage: 'W4SCT', scope })
    const token = await backchannel.requestToken(transaction)
    expect(token).toMatchObject({ tokenType: 'Bearer', claims: { iss: stage.issuer, aud: 'web' } })
  })

  test('and a ping tells so', async () => {
    const application = await faultServer()
    await application.reply('/ping', { status: 204 })
    const ping = { backchannel_token_delivery_mode: 'ping', authorization_type: [ciba, 'refresh_token'] }
    const backchannel_client_notification_endpoint = `${application.url}/ping`
    const secret = { client_secret: web.clientSecret }
    await stage.addClient('pinged', { ...ping, ...secret, backchannel_client_notification_endpoint })
    const provider = await stage.discover({ client: { ...web, clientId: 'pinged' }, ...withoutPauses() })
    const backchannel = provider.grant(BackchannelAuthentication)
    const { transaction } = await backchannel.authorize({ loginHint, mode: 'ping', scope })
    await approveRequest('pinged')
    const [received] = await application.requests()
    const { method, headers, body } = received ?? expect.fail('no ping')
    const pinged = await backchannel.readPing({ method, headers, body: JSON.parse(body) }, transaction)
    expect((await backchannel.requestToken(pinged)).claims).toMatchObject({ aud: 'pinged' })
  })
})
