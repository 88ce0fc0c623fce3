import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { listen, portOf, stop } from '../src/listen.ts'

test('the app listens only on this machine, and a port can be used once', async () => {
  const server = (await listen(0)) as Server
  expect((server.address() as AddressInfo).address).toBe('127.0.0.1')
  expect(await listen(portOf(server))).toBeUndefined()
  await stop(server)
})
