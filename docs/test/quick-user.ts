import * as core from '@grantkit/core'
import type { AuthorizationServer } from '@grantkit/testing/server'

/** A provider whose user is back by the time that `authorize` resolves: `request` is then the callback. */
export function withQuickUser(
  server: AuthorizationServer,
  provider: core.Provider,
  request: { url: string },
): core.Provider {
  const grant = provider.grant.bind(provider)
  provider.grant = (GrantClass) => {
    const instance = grant(GrantClass)
    if (!(instance instanceof core.AuthorizationCode)) return instance
    const authorize = instance.authorize.bind(instance)
    instance.authorize = async (options) => {
      const begun = await authorize(options)
      request.url = await server.logIn(begun.url)
      return begun
    }
    return instance
  }
  return provider
}
