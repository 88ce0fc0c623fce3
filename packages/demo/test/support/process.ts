import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** How a demo is started in a process of its own. */
export interface ProcessOptions {
  readonly environment?: Readonly<Record<string, string>>
  /** A module of this folder to import first. */
  readonly first?: string
}

/** A demo in a process of its own. */
export interface DemoProcess {
  readonly child: ChildProcess
  /** Everything that the module that was imported first has sent. */
  readonly messages: unknown[]
  /** What it has printed so far. */
  output(): { readonly out: string; readonly error: string }
  /** Resolves when it has printed something that fits; rejects when it ends before. */
  printed(pattern: RegExp): Promise<string>
  /** Resolves to its exit code when it ends. */
  readonly ended: Promise<number | null>
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts the demo as `npm start` does. */
export function startProcess(words: readonly string[], { environment, first }: ProcessOptions = {}): DemoProcess {
  const imported = first === undefined ? [] : ['--import', new URL(first, import.meta.url).href]
  const child = spawn(process.execPath, [...imported, '--conditions=@grantkit/source', main, ...words], {
    env: { ...withoutSpotify(process.env), ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const texts = { out: '', error: '' }
  const messages: unknown[] = []
  child.on('message', (message) => messages.push(message))
  child.stdout?.on('data', (data) => (texts.out += String(data)))
  child.stderr?.on('data', (data) => (texts.error += String(data)))
  const ended = new Promise<number | null>((resolve) => void child.on('close', resolve))
  return {
    child,
    messages,
    output: () => texts,
    printed: (pattern) => printed(child, () => texts.out, pattern),
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

function printed(child: ChildProcess, text: () => string, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const [found] = pattern.exec(text()) ?? []
      if (found !== undefined) resolve(found)
    }
    child.stdout?.on('data', look)
    child.on('close', () => reject(new Error(`it ended without printing ${pattern}: ${text()}`)))
    look()
  })
}

function withoutSpotify(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('SPOTIFY_')))
}
