import type { ProviderDefinition } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { authorizationChecks } from './preset-checks/authorization.ts'
import type { DescribeProviderOptions, ProviderCheck } from './preset-checks/check.ts'
import { deviationChecks } from './preset-checks/deviations.ts'
import { factChecks } from './preset-checks/facts.ts'
import { promiseChecks } from './preset-checks/promises.ts'
import { redirectUriChecks } from './preset-checks/redirect-uris.ts'
import { revocationChecks } from './preset-checks/revocation.ts'
import { tokenChecks } from './preset-checks/tokens.ts'

export type { DescribeProviderOptions, ProviderCheck } from './preset-checks/check.ts'

/**
 * The checks that every preset has to pass: {@link describeProvider} runs them all, and a test can run one on its own.
 *
 * @example
 * ```ts
 * import { spotify } from '@grantkit/provider-spotify'
 * import { providerChecks } from '@grantkit/testing'
 * import { expect, test } from 'vitest'
 *
 * test('a name with a space fails the contract', () => {
 *   const named = providerChecks.find(({ name }) => name.startsWith('its name is in kebab case'))
 *   expect(() => named?.check({ ...spotify, name: 'Acme Inc.' }, {})).toThrow()
 * })
 * ```
 */
export const providerChecks: readonly ProviderCheck[] = [
  ...factChecks,
  ...promiseChecks,
  ...redirectUriChecks,
  ...authorizationChecks,
  ...tokenChecks,
  ...revocationChecks,
  ...deviationChecks,
]

/**
 * The contract of a preset, as a vitest suite: call it at the top level of a test file. It checks the data, and that
 * the preset promises nothing else. Then it logs in with every scope that the preset offers, OpenID Connect included,
 * refreshes and revokes against a simulation of the preset, which accepts only what the preset declares and shows every
 * deviation in it. It makes no network request beyond this machine.
 *
 * @example
 * ```ts
 * import { spotify } from '@grantkit/provider-spotify'
 * import { describeProvider } from '@grantkit/testing'
 *
 * describeProvider(spotify)
 * ```
 */
export function describeProvider<Scope extends string>(
  preset: ProviderDefinition<Scope>,
  options: DescribeProviderOptions = {},
): void {
  describe(`the preset ${preset.name}`, () => {
    for (const { name, check, applies } of providerChecks) {
      if (applies?.(preset) === false) continue
      // oxlint-disable-next-line vitest/valid-title -- the check has a title
      test(name, async () => {
        expect.hasAssertions()
        await check(preset, options)
      })
    }
  })
}
