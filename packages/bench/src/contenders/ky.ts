// ky by itself, with the header set once: what `apiClient` adds to it is the difference.
import ky from 'ky'
import type { Setup, TokenAnswer } from './program.ts'

export function apiCall(setup: Setup, answer: TokenAnswer): () => Promise<unknown> {
  const client = ky.create({ headers: { authorization: `Bearer ${answer.access_token}` } })
  return () => client.get(setup.apiUrl).json()
}
