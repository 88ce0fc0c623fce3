import { Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { openid } from '../support/openid.ts'
import { errorOf } from '../support/scene.ts'

const token = Token.from({ accessToken: 'canary-access' })

describe('user information and introspection', () => {
  test('refuse an option that does not exist', async () => {
    const { provider, server } = await openid()
    const errors = [
      await errorOf(provider.userinfo(token, { subjekt: 'ada' } as never)),
      await errorOf(provider.userinfo(token, null as never)),
      await errorOf(provider.introspect(token, { sign: true } as never)),
      await errorOf(provider.introspect(token, null as never)),
    ]
    for (const { code } of errors) expect(code).toBe('config_invalid')
    expect(errors[0]?.message).toContain('write "subject"')
    expect(errors[2]?.message).toContain('write "signed"')
    expect(await server.requests()).toEqual([])
  })

  test('send nothing for a caller who has given up', async () => {
    const { provider, server } = await openid()
    const signal = AbortSignal.abort()
    expect((await errorOf(provider.userinfo(token, { subject: 'ada', signal }))).code).toBe('aborted')
    expect((await errorOf(provider.introspect(token, { signal }))).code).toBe('aborted')
    expect(await server.requests()).toEqual([])
  })

  test('say which endpoint a provider lacks', async () => {
    const { provider } = await openid({
      metadata: { userinfo_endpoint: undefined, introspection_endpoint: undefined },
    })
    expect(await errorOf(provider.userinfo(token, { subject: 'ada' }))).toMatchObject({
      code: 'config_invalid',
      provider: 'acme',
      message: expect.stringContaining('no userinfo_endpoint') as string,
    })
    expect((await errorOf(provider.introspect(token))).message).toContain('no introspection_endpoint')
  })
})
