import { DeviceAuthorization } from '@grantkit/core'
import { afterEach, expect, test, vi } from 'vitest'
import { pendingStage } from '../support/pending-stage.ts'
import { errorOf } from '../support/scene.ts'

const endpointRequest = '../../src/protocol/endpoint-request.ts'

afterEach(() => vi.doUnmock(endpointRequest))

test('what begins a login on another device cannot be loaded: that is network_error, and nothing was sent', async () => {
  const { server, provider } = await pendingStage()
  vi.doMock(endpointRequest, () => Promise.reject(new TypeError('error loading a module')))
  const error = await errorOf(provider().grant(DeviceAuthorization).authorize())
  expect(error).toMatchObject({ code: 'network_error', action: 'retry' })
  expect(await server.requests()).toEqual([])
})
