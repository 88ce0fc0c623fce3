/** Whether the tests run in Node itself, for what Bun and Deno lack: its flags, collecting garbage on demand, reading a TLS key at once. */
export const onNode: boolean = !('Bun' in globalThis) && !('Deno' in globalThis)

/** Whether the tests run in Bun, where nodeFetch is refused. */
export const onBun: boolean = 'Bun' in globalThis
