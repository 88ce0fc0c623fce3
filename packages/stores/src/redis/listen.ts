import type { Ears, Listen } from '../shared/watchers.ts'
import type { IoredisClient, NodeRedisClient } from './client.ts'

/** What is used of a further connection. */
interface Connection {
  on(event: string, listener: (...details: string[]) => void): unknown
  connect(): Promise<unknown>
  subscribe(channel: string, heard?: (message: string) => void): Promise<unknown>
}
/** One of the package `redis`. */
interface NodeRedisConnection extends Connection {
  destroy(): void
}
/** One of the package `ioredis`. */
interface IoredisConnection extends Connection {
  readonly status: string
  disconnect(): void
}

/** Hears of writes on a further connection; undefined where the client cannot make one. */
export function listenOn(client: NodeRedisClient | IoredisClient, channel: string): Listen | undefined {
  if (typeof client.duplicate !== 'function') return undefined
  return (ears) => {
    const connection = client.duplicate?.()
    // Both packages connect again by themselves, and want somebody to hear of errors.
    ;(connection as Connection).on('error', () => {})
    return 'evalSha' in client
      ? listenWithNodeRedis(connection as NodeRedisConnection, channel, ears)
      : listenWithIoredis(connection as IoredisConnection, channel, ears)
  }
}

function listenWithNodeRedis(connection: NodeRedisConnection, channel: string, { heard, lost }: Ears): () => void {
  connection.on('ready', () => heard()) // connected again, and by then subscribed
  connection
    .connect()
    .then(() => connection.subscribe(channel, (message) => heard(message)))
    .then(() => heard(), lost)
  return () => {
    try {
      connection.destroy()
    } catch {
      // It was closed already, or not yet open.
    }
  }
}

function listenWithIoredis(connection: IoredisConnection, channel: string, { heard, lost }: Ears): () => void {
  connection.on('message', (_, message) => heard(message))
  connection.on('end', lost)
  // Connected, for the first time or again; ioredis subscribes again by itself, but does not say when it has.
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
