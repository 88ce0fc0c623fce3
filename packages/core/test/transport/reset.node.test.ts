import { Refresh } from '@grantkit/core'
import { expect, test } from 'vitest'
import { errorOf, goodToken, scene } from '../support/scene.ts'

// Not in Chromium: it sends a request again by itself when a connection that was used before is reset.
test('G6, 5.6.6: a reset connection is network_error, and the request is not sent again', async () => {
  const { provider, tokenRequests } = await scene({ reset: true }, { json: goodToken })
  const error = await errorOf(provider().grant(Refresh).requestToken('canary-refresh-token'))
  expect(error).toMatchObject({ code: 'network_error', action: 'retry' })
  expect(await tokenRequests()).toHaveLength(1)
})
