import { randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 random bits that nobody guesses. */
export function randomId(): string {
  return randomBytes(32).toString('base64url')
}

/** Whether two such ids are the same, in a time that does not tell how much of them is. */
export function sameId(one: unknown, other: string): boolean {
  if (typeof one !== 'string') return false
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
