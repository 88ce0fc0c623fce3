import { Refresh, Token } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { expect, test } from 'vitest'
import { goodToken, scene } from '../support/scene.ts'

const most = 64 * 1024
const kept = (token: Token): number => JSON.stringify(token.extra).length
const refreshed = (json: object): Reply => ({ json: { ...goodToken, ...json } })

test('what a provider says beside its token is kept up to 64 KiB', async () => {
  const { provider } = await scene(
    refreshed({ small: 'x', large: 'x'.repeat(most), half: 'x'.repeat(most / 2), other: 'x'.repeat(most / 2) }),
  )
  const token = await provider().grant(Refresh).requestToken('canary-refresh-token')
  expect(Object.keys(token.extra)).toEqual(['small', 'half'])
  expect(kept(token)).toBeLessThanOrEqual(most)
})

test('thirty refreshes, each with something new, pile nothing up, and what is new wins', async () => {
  const replies = Array.from({ length: 30 }, (_, i) => refreshed({ [`field ${i}`]: `${i} `.repeat(5000), last: i }))
  const { provider } = await scene(...replies)
  const grant = provider().grant(Refresh)
  let token = Token.from({ accessToken: 'canary-access', refreshToken: 'canary-refresh-token' })
  for (let i = 0; i < 30; i++) {
    token = await grant.requestToken(token)
    expect(token.extra).toMatchObject({ [`field ${i}`]: `${i} `.repeat(5000), last: i })
    expect(kept(token)).toBeLessThanOrEqual(most + 1024)
  }
  expect(JSON.stringify(token).length).toBeLessThan(most + 2048)
})

test('a field that outgrows what is kept costs the others nothing', async () => {
  const { provider } = await scene(refreshed({ instance_url: 'https://eu.example', grown: 'x'.repeat(2 * most) }))
  const before = Token.from({ accessToken: 'canary-access', refreshToken: 'canary-refresh-token', extra: { old: 1 } })
  const { extra } = await provider().grant(Refresh).requestToken(before)
  expect(extra).toEqual({ instance_url: 'https://eu.example', old: 1 })
})
