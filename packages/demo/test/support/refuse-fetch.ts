// Imported by a demo in a process of its own, before it starts: no network.
globalThis.fetch = async () => {
  throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })
}
