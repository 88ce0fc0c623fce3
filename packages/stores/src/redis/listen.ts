import type { Ears, Listen } from '../shared/watchers.ts'
import type { IoredisClient, NodeRedisClient } from './client.ts'

/** The part of another connection that the store uses. */
interface Connection {
  on(event: string, listener: (...details: string[]) => void): unknown
  connect(): Promise<unknown>
  subscribe(channel: string, heard?: (message: string) => void): Promise<unknown>
}
/** A connection of the package `redis`. */
interface NodeRedisConnection extends Connection {
  destroy(): void
}
/** A connection of the package `ioredis`. */
interface IoredisConnection extends Connection {
  readonly status: string
  disconnect(): void
}

/** Listens for writes on another connection; undefined if the client cannot make one. */
export function listenOn(client: NodeRedisClient | IoredisClient, channel: string): Listen | undefined {
  if (typeof client.duplicate !== 'function') return undefined
  return (ears) => {
    const connection = client.duplicate?.()
    // Both packages reconnect by themselves, but need a listener for errors.
    ;(connection as Connection).on('error', () => {})
    return 'evalSha' in client
      ? listenWithNodeRedis(connection as NodeRedisConnection, channel, ears)
      : listenWithIoredis(connection as IoredisConnection, channel, ears)
  }
}

function listenWithNodeRedis(connection: NodeRedisConnection, channel: string, { heard, lost }: Ears): () => void {
  connection.on('ready', () => heard()) // reconnected and subscribed again
  connection
    .connect()
    .then(() => connection.subscribe(channel, (message) => heard(message)))
    .then(() => heard(), lost)
  return () => {
    try {
      connection.destroy()
    } catch {
      // already closed, or not open yet
    }
  }
}

function listenWithIoredis(connection: IoredisConnection, channel: string, { heard, lost }: Ears): () => void {
  connection.on('message', (_, message) => heard(message))
  connection.on('end', lost)
  // Connected or reconnected; ioredis subscribes again by itself, but does not report when it is done.
  connection.on(
    'ready',
    () =>
      void connection.subscribe(channel).then(
        () => heard(),
        () => {},
      ),
  )
  if (connection.status === 'wait') connection.connect().catch(() => {})
  return () => connection.disconnect()
}
