// What runs in workerd: everything of @grantkit/stores that is not for servers alone.
import { memoryStore } from '@grantkit/core'
import { encryptedStore } from '@grantkit/stores/encrypted'
import { generateKey, readKey } from '@grantkit/stores/keys'
import { singleProcessStore } from '@grantkit/stores/single-process'

export default {
  async fetch() {
    const keys = /** @type {const} */ ([readKey(generateKey(), 'TOKEN_KEY')])
    const found = []
    for (const inner of [memoryStore(), singleProcessStore(new Map())]) {
      const store = encryptedStore(inner, { keys })
      await store.compareAndSet('user:42', 0, { value: 'first' })
      found.push(await store.read('user:42'), (await inner.read('user:42'))?.value?.startsWith('grantkit-sealed-1.'))
    }
    return Response.json(found)
  },
}
