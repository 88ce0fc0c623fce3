import type { Reply } from '@grantkit/testing/server'

export const ok: Reply = { json: { id: 'ada' } }
export const refused = (message: string): Reply => ({ status: 401, json: { error: { status: 401, message } } })
export const unauthorized: Reply = refused('Missing/invalid/expired access token')
export const busy = (after?: string): Reply => ({
  status: 429,
  headers: after === undefined ? {} : { 'Retry-After': after },
  json: { error: { status: 429, message: 'API rate limit exceeded' } },
})
