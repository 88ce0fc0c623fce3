// Ours: `apiClient`, the ky instance.
import type { ProviderOptions } from '@grantkit/core'
import { apiClient } from '@grantkit/core/ky'
import { providerOf, tokenOf } from './grantkit.ts'
import type { Setup, TokenAnswer } from './program.ts'

export function apiCall(setup: Setup, answer: TokenAnswer, options: ProviderOptions = {}): () => Promise<unknown> {
  const source = providerOf(setup, options).tokenSource({ token: tokenOf(answer) })
  const client = apiClient(source, options.fetch ? { fetch: options.fetch } : {})
  return () => client.get(setup.apiUrl).json()
}
