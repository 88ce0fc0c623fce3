// Runs the bundle at bundle/worker.js in workerd, which is what Cloudflare Workers run in, without any network.
import assert from 'node:assert/strict'
import { Miniflare } from 'miniflare'

const server = new Miniflare({
  modules: true,
  scriptPath: 'bundle/worker.js',
  compatibilityDate: '2026-07-01',
  cf: false,
  telemetry: { enabled: false },
})
try {
  const response = await server.dispatchFetch('http://worker.example/')
  const stored = { version: 1, value: 'first' }
  assert.deepEqual(await response.json(), [stored, true, stored, true])
} finally {
  await server.dispose()
}
console.log('used in workerd')
