import type { Reply, ReplyFunction } from '../fault-server.ts'

/** A reply, or a function that makes one. */
export type ScriptedReply = Reply | ReplyFunction

const bodies = ['json', 'form', 'text', 'base64', 'chunks', 'bytes', 'endless'] as const

/** The queued replies by path. */
export class Script {
  readonly #paths = new Map<string, { readonly queue: ScriptedReply[]; repeating: boolean }>()

  /** Queues replies; they replace a last reply that is repeating. */
  add(path: string, replies: readonly ScriptedReply[]): void {
    if (!path.startsWith('/')) throw new TypeError(`a path has to begin with "/": ${JSON.stringify(path)}`)
    for (const reply of replies) check(reply)
    const { queue, repeating } = this.#paths.get(path) ?? { queue: [], repeating: false }
    this.#paths.set(path, { queue: repeating ? [...replies] : [...queue, ...replies], repeating: false })
  }

  /** The reply for the next request to a path, without using it up. */
  peek(path: string): ScriptedReply | undefined {
    return this.#paths.get(path)?.queue[0]
  }

  /** The reply for a request to a path. */
  take(path: string): ScriptedReply | undefined {
    const entry = this.#paths.get(path)
    if (entry === undefined) return undefined
    entry.repeating = entry.queue.length === 1
    return entry.repeating ? entry.queue[0] : entry.queue.shift()
  }
}

/** Refuses a reply with two bodies, of which only one would be sent. */
export function check(reply: ScriptedReply): void {
  if (typeof reply === 'function') return
  const given = bodies.filter((name) => reply[name] !== undefined)
  if (given.length > 1) throw new TypeError(`a reply has only one body, not ${given.join(' and ')}`)
}
