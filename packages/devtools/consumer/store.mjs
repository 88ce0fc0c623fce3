// Uses one entry of @grantkit/stores, named on the command line, as far as that goes without a server.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const directory = await mkdtemp(join(tmpdir(), 'grantkit-'))

/** @param {import('@grantkit/core').TokenStore} store */
async function use(store) {
  assert.equal(await store.compareAndSet('user:42', 0, { value: 'first' }), true)
  assert.deepEqual(await store.read('user:42'), { version: 1, value: 'first' })
  assert.equal(await store.acquire('user:42', 'a', 1000), true)
  assert.equal(await store.compareAndSet('user:42', 1, {}), true)
}

/** @type {Record<string, () => Promise<void>>} */
const entries = {
  async encrypted() {
    const { encryptedStore, generateKey } = await import('@grantkit/stores/encrypted')
    const { memoryStore } = await import('@grantkit/core')
    await use(encryptedStore(memoryStore(), { keys: [generateKey()] }))
  },
  async file() {
    const { fileStore } = await import('@grantkit/stores/file')
    const store = fileStore({ path: join(directory, 'tokens') })
    await use(store)
    await store.close()
  },
  async keys() {
    const { generateKey, readKey } = await import('@grantkit/stores/keys')
    assert.equal(readKey(generateKey(), 'TOKEN_KEY').length, 32)
  },
  async postgres() {
    const { postgresStore } = await import('@grantkit/stores/postgres')
    const store = postgresStore({ pool: { query: async () => ({ rows: [{ now: 42 }] }) } })
    assert.equal(await store.now(), 42)
  },
  async redis() {
    const { redisStore } = await import('@grantkit/stores/redis')
    const run = async () => 42
    assert.equal(await redisStore({ client: { eval: run, evalSha: run } }).now(), 42)
  },
  async 'single-process'() {
    const { singleProcessStore } = await import('@grantkit/stores/single-process')
    await use(singleProcessStore(new Map()))
  },
  async sqlite() {
    const { sqliteStore } = await import('@grantkit/stores/sqlite')
    const store = sqliteStore({ path: join(directory, 'tokens.db') })
    await use(store)
    await store.close()
  },
}

try {
  await entries[process.argv[2] ?? '']?.()
} finally {
  await rm(directory, { recursive: true })
}
console.log('used')
