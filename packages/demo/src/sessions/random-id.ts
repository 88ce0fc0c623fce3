import { randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 random bits. */
export function randomId(): string {
  return randomBytes(32).toString('base64url')
}

/** Compares two such IDs in constant time. */
export function sameId(one: unknown, other: string): boolean {
  if (typeof one !== 'string') return false
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
