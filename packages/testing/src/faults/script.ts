import type { Reply, ReplyFunction } from '../fault-server.ts'

/** A reply, or what makes one. */
export type ScriptedReply = Reply | ReplyFunction

const bodies = ['json', 'form', 'text', 'base64', 'chunks', 'bytes', 'endless'] as const

/** Which reply is next, by path. */
export class Script {
  readonly #paths = new Map<string, { readonly queue: ScriptedReply[]; repeating: boolean }>()

  /** Queues replies; a last one that has been given already makes room for them. */
  add(path: string, replies: readonly ScriptedReply[]): void {
    if (!path.startsWith('/')) throw new TypeError(`a path begins with "/": ${JSON.stringify(path)} does not`)
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

/** A reply with two bodies would send one of them, and the test would not learn which. */
export function check(reply: ScriptedReply): void {
  if (typeof reply === 'function') return
  const given = bodies.filter((name) => reply[name] !== undefined)
  if (given.length > 1) throw new TypeError(`a reply has one body, not ${given.join(' and ')}`)
}
