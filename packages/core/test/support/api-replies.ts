import type { Reply } from '@grantkit/testing/server'

export const ok: Reply = { json: { id: 'ada' } }
export const unauthorized: Reply = {
  status: 401,
  json: { error: { status: 401, message: 'Missing/invalid/expired access token' } },
}
