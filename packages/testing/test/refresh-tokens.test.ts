import { startAuthorizationServer } from '@grantkit/testing/server'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { callApi, logIn, refresh } from './support.ts'

afterEach(() => vi.useRealTimers())

const hours = 60 * 60 * 1000

describe('with rotation', () => {
  test('every refresh returns a new refresh token', async () => {
    await using server = await startAuthorizationServer()
    const first = (await logIn(server)).body
    const second = (await refresh(server, first.refresh_token)).body
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect(second.access_token).not.toBe(first.access_token)
    expect(second.scope).toBe('read')
    expect((await refresh(server, second.refresh_token)).status).toBe(200)
  })

  test('reusing an old one revokes the whole family', async () => {
    await using server = await startAuthorizationServer()
    const first = (await logIn(server)).body
    const second = (await refresh(server, first.refresh_token)).body
    const reuse = await refresh(server, first.refresh_token)
    expect([reuse.status, reuse.body['error']]).toStrictEqual([400, 'invalid_grant'])
    expect((await refresh(server, second.refresh_token)).body['error']).toBe('invalid_grant')
    expect((await callApi(server, '/api/echo', second.access_token)).status).toBe(401)
  })

  test('only one of two concurrent refreshes succeeds', async () => {
    await using server = await startAuthorizationServer()
    const { refresh_token } = (await logIn(server)).body
    const answers = await Promise.all([refresh(server, refresh_token), refresh(server, refresh_token)])
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toStrictEqual([200, 400])
  })

  test('a narrower scope can be requested, a wider one cannot', async () => {
    await using server = await startAuthorizationServer()
    const { refresh_token } = (await logIn(server, { scope: 'read write' })).body
    const narrow = await refresh(server, refresh_token, { scope: 'read' })
    expect(narrow.body.scope).toBe('read')
    const { body } = await logIn(server, { scope: 'read' })
    expect((await refresh(server, body.refresh_token, { scope: 'write' })).body['error']).toBe('invalid_scope')
  })
})

describe('in grace mode', () => {
  test('the previous refresh token still works', async () => {
    await using server = await startAuthorizationServer({ rotateRefreshTokens: 'grace' })
    const first = (await logIn(server)).body
    const lost = (await refresh(server, first.refresh_token)).body
    const again = await refresh(server, first.refresh_token)
    expect(again.status).toBe(200)
    expect(again.body.refresh_token).not.toBe(lost.refresh_token)
    expect((await refresh(server, lost.refresh_token)).status).toBe(200)
  })

  test('an older one revokes the whole family', async () => {
    await using server = await startAuthorizationServer({ rotateRefreshTokens: 'grace' })
    const first = (await logIn(server)).body
    const second = (await refresh(server, first.refresh_token)).body
    const third = (await refresh(server, second.refresh_token)).body
    expect((await refresh(server, first.refresh_token)).body['error']).toBe('invalid_grant')
    expect((await refresh(server, third.refresh_token)).body['error']).toBe('invalid_grant')
  })
})

test('without rotation, the refresh token stays the same, and responses do not repeat it', async () => {
  await using server = await startAuthorizationServer({ rotateRefreshTokens: false })
  const { refresh_token } = (await logIn(server)).body
  const { status, body } = await refresh(server, refresh_token)
  expect(status).toBe(200)
  expect(body).not.toHaveProperty('refresh_token')
  expect((await refresh(server, refresh_token)).status).toBe(200)
})

test('rotation can be switched while the server runs', async () => {
  await using server = await startAuthorizationServer({ rotateRefreshTokens: false })
  const { refresh_token } = (await logIn(server)).body
  await server.rotateRefreshTokens('grace')
  expect((await refresh(server, refresh_token)).body).toHaveProperty('refresh_token')
  expect((await refresh(server, refresh_token)).status).toBe(200)
  await server.rotateRefreshTokens(true)
  expect((await refresh(server, refresh_token)).body['error']).toBe('invalid_grant')
})

describe('lifetimes', () => {
  test('an access token expires to the second', async () => {
    await using server = await startAuthorizationServer({ accessTokenLifetime: 60 })
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 })
    const { body } = await logIn(server)
    expect(body['expires_in']).toBe(60)
    vi.setSystemTime(1_800_000_059_999)
    expect((await callApi(server, '/api/echo', body.access_token)).status).toBe(200)
    vi.setSystemTime(1_800_000_060_000)
    expect((await callApi(server, '/api/echo', body.access_token)).status).toBe(401)
  })

  test("a refresh token's lifetime starts at its rotation", async () => {
    await using server = await startAuthorizationServer({ refreshTokenLifetime: 10 * 60 * 60 })
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 })
    const first = (await logIn(server)).body
    vi.setSystemTime(1_800_000_000_000 + 9 * hours)
    const second = (await refresh(server, first.refresh_token)).body
    vi.setSystemTime(1_800_000_000_000 + 18 * hours)
    const third = (await refresh(server, second.refresh_token)).body
    vi.setSystemTime(1_800_000_000_000 + 28 * hours)
    expect((await refresh(server, third.refresh_token)).body['error']).toBe('invalid_grant')
  })

  test("like Spotify, a refresh token's lifetime starts at the login", async () => {
    const options = { like: 'spotify', rotateRefreshTokens: true, refreshTokenLifetime: 10 * 60 * 60 } as const
    await using server = await startAuthorizationServer(options)
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 })
    const first = (await logIn(server, { scope: undefined })).body
    vi.setSystemTime(1_800_000_000_000 + 9 * hours)
    const second = (await refresh(server, first.refresh_token)).body
    vi.setSystemTime(1_800_000_000_000 + 10 * hours)
    expect((await refresh(server, second.refresh_token)).body).toStrictEqual({
      error: 'invalid_grant',
      error_description: 'Refresh token expired',
    })
  })
})
