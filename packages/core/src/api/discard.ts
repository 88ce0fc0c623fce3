/** Gives up a response that nobody will read, so that its connection can be used again. */
export function discard(response: Response): void {
  void response.body?.cancel().catch(() => undefined) // nobody reads it
}

/** Discards a response if processing it fails. */
export async function orDiscard<T>(response: Response, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    discard(response)
    throw error
  }
}
