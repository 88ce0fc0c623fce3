import {
  BackchannelAuthentication,
  ClientCredentials,
  DeviceAuthorization,
  JwtBearer,
  TokenExchange,
} from '@grantkit/core'
import { expect, test } from 'vitest'
import { callApi, logIn, reasonOf, refresh, refusedByApi, type Row, stageOf } from './stage.ts'

const plain: Row = { name: 'plain', failure: ['', async () => undefined] }
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token' as const

/** A clock that does not wait before a poll: the tests decide before they poll. No deadline passes. */
const sleep = (ms: number): Promise<void> => (ms > 5000 ? new Promise(() => undefined) : Promise.resolve())
const clock = { now: () => Date.now(), sleep }

test('device: a login by a code, at a real server', async () => {
  const stage = await stageOf(plain)
  const grant = stage.other({ clock }).grant(DeviceAuthorization)
  const { userCode, verificationUri, transaction } = await grant.authorize({ scope: ['openid', 'read'] })
  expect(verificationUri).toBe(`${stage.server.url}/device`)
  await stage.server.approveDevice(userCode)
  const token = await grant.requestToken(transaction)
  expect(await callApi(stage, token)).toMatchObject({ status: 200, sub: 'ada', scope: 'openid read' })
  expect((await refresh(stage, token)).hasScope('read')).toBe(true)
  const refused = await grant.authorize({ scope: ['read'] })
  await stage.server.approveDevice(refused.userCode, { deny: true })
  expect(await reasonOf(grant.requestToken(refused.transaction))).toBe('access_denied')
})

test('CIBA: a login on another device, at a real server', async () => {
  const stage = await stageOf(plain)
  const grant = stage.other({ clock }).grant(BackchannelAuthentication)
  const options = { loginHint: 'ada@mail.example', bindingMessage: '1234', scope: ['openid', 'read'] }
  const { transaction } = await grant.authorize(options)
  await stage.server.approveBackchannel()
  const token = await grant.requestToken(transaction)
  expect(await callApi(stage, token)).toMatchObject({ status: 200, sub: 'ada', scope: 'openid read' })
  expect((await refresh(stage, token)).hasScope('read')).toBe(true)
  const refused = await grant.authorize(options)
  await stage.server.approveBackchannel({ deny: true })
  expect(await reasonOf(grant.requestToken(refused.transaction))).toBe('access_denied')
  expect(await reasonOf(grant.authorize({ ...options, loginHint: 'eve' }))).toBe('unknown_user_id')
})

test('exchange: a token of a user for another service, with an actor, at a real server', async () => {
  const stage = await stageOf(plain)
  const [subject, actor] = [await logIn(stage), await stage.provider.grant(ClientCredentials).requestToken()]
  const grant = stage.provider.grant(TokenExchange)
  const input = { subjectToken: subject.accessToken, subjectTokenType: accessTokenType }
  const acting = { actorToken: actor.accessToken, actorTokenType: accessTokenType }
  const exchanged = await grant.requestToken({ ...input, ...acting }, { scope: ['read'] })
  expect(await callApi(stage, exchanged)).toMatchObject({ sub: 'ada', scope: 'read', act: { sub: 'my-client' } })
  const forService = await grant.requestToken({ ...input, audience: 'other-service' })
  expect(await refusedByApi(stage, forService)).toBe(401)
  expect(await reasonOf(grant.requestToken({ ...input, audience: 'nobody' }))).toBe('invalid_target')
  expect(await reasonOf(grant.requestToken(input, { scope: ['write'] }))).toBe('invalid_scope')
})

test('assertion: signed with the key of the client, at a real server', async () => {
  const stage = await stageOf(plain)
  const grant = stage.provider.grant(JwtBearer)
  const token = await grant.requestToken({ subject: 'ada' }, { scope: ['read'] })
  expect(await callApi(stage, token)).toMatchObject({ status: 200, sub: 'ada', scope: 'read' })
  expect(await reasonOf(grant.requestToken({ subject: 'eve' }))).toBe('invalid_grant')
})
