/** For tests that wait for servers and processes, which takes a while on a busy machine. */
export const patience = { testTimeout: 60_000, hookTimeout: 60_000 }
