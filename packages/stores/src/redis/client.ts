/** What is used of a client of the package `redis`: one connection, a pool, a cluster or a sentinel, already connected. */
export interface NodeRedisClient {
  /** Runs a script (EVAL). */
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  /** Runs a script that the server knows already (EVALSHA). */
  evalSha(sha1: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  /** A further connection to the same server, to hear of writes; without it, the store has no `watch`. */
  duplicate?(): unknown
}

/** What is used of a client of the package `ioredis`: one connection or a cluster. */
export interface IoredisClient {
  /** Runs a script (EVAL). */
  eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>
  /** Runs a script that the server knows already (EVALSHA). */
  evalsha(sha1: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>
  /** A further connection to the same server, to hear of writes; without it, the store has no `watch`. */
  duplicate?(): unknown
}

/** How the store speaks to either client. */
export interface Redis {
  /** Runs a script on one key. */
  run(script: Script, key: string, ...parameters: string[]): Promise<unknown>
}

/** A script, and the name that the server knows it by. */
export interface Script {
  readonly text: string
  readonly sha1: string
}

/** Speaks to a client of either package. */
export function redisOf(client: NodeRedisClient | IoredisClient): Redis {
  const [evaluate, evaluateKnown] =
    'evalSha' in client
      ? [
          (text: string, key: string, parameters: string[]) =>
            client.eval(text, { keys: [key], arguments: parameters }),
          (sha1: string, key: string, parameters: string[]) =>
            client.evalSha(sha1, { keys: [key], arguments: parameters }),
        ]
      : [
          (text: string, key: string, parameters: string[]) => client.eval(text, 1, key, ...parameters),
          (sha1: string, key: string, parameters: string[]) => client.evalsha(sha1, 1, key, ...parameters),
        ]
  return {
    async run({ text, sha1 }, key, ...parameters) {
      try {
        return await evaluateKnown(sha1, key, parameters)
      } catch (error) {
        // The server has not seen it since it was started, or since SCRIPT FLUSH.
        if (error instanceof Error && error.message.startsWith('NOSCRIPT')) return evaluate(text, key, parameters)
        throw error
      }
    },
  }
}
