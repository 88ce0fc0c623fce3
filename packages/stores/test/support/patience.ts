/** For tests that start servers and processes, and wait for them: on a busy machine that takes a while. */
export const patience = { testTimeout: 60_000, hookTimeout: 60_000 }
