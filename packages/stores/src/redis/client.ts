/** The part of a client of the package `redis` that the store uses: a connected client, pool, cluster or sentinel. */
export interface NodeRedisClient {
  /** Runs a script (EVAL). */
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  /** Runs a script that the server already knows (EVALSHA). */
  evalSha(sha1: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  /** Another connection to the same server, to listen for writes. Without it, the store has no `watch`. */
  duplicate?(): unknown
}

/** The part of a client of the package `ioredis` that the store uses: a client or a cluster. */
export interface IoredisClient {
  /** Runs a script (EVAL). */
  eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>
  /** Runs a script that the server already knows (EVALSHA). */
  evalsha(sha1: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>
  /** Another connection to the same server, to listen for writes. Without it, the store has no `watch`. */
  duplicate?(): unknown
}

/** The interface of the store to either client. */
export interface Redis {
  /** Runs a script on one key. */
  run(script: Script, key: string, ...parameters: string[]): Promise<unknown>
}

/** A script and its digest, by which the server knows it. */
export interface Script {
  readonly text: string
  readonly sha1: string
}

/** Adapts a client of either package. */
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
        // The server does not know the script after a restart or SCRIPT FLUSH.
        if (error instanceof Error && error.message.startsWith('NOSCRIPT')) return evaluate(text, key, parameters)
        throw error
      }
    },
  }
}
