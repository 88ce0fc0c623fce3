import { join } from 'node:path'
import { mkdir } from 'node:fs/promises'
import { type Engine, findProgram, freePort, onPath, startEngine } from './engine.ts'

/** Starts Redis as a fleet would run it for tokens: each command is on the disk before it is answered. Undefined where Redis is not installed. */
export async function startRedis(place: string): Promise<Engine | undefined> {
  const command = findProgram(...onPath('redis-server'))
  if (command === undefined) return undefined
  const directory = join(place, 'redis')
  await mkdir(directory)
  const port = await freePort()
  const network = ['--port', String(port), '--bind', '127.0.0.1']
  const durability = ['--dir', directory, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always']
  const input = [...network, ...durability]
  const stop = await startEngine({ command, input, ready: 'Ready to accept connections', signal: 'TERM' })
  return { url: `redis://127.0.0.1:${port}`, stop }
}
