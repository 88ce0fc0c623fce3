import { expect, test } from 'vitest'
import { parseChallenges } from '../../src/wire/challenges.ts'

const longest = 16_384

test.each([
  ['at the end of 16 KiB', longest - 'Bearer error=a,DPoP'.length, ['bearer', 'dpop']],
  ['half beyond 16 KiB', longest - 'Bearer error=a,DP'.length, ['bearer', 'dp']],
  ['beyond 16 KiB', longest, ['bearer']],
])('a challenge %s of a WWW-Authenticate header is read as far as that', (_, spaces, schemes) => {
  const header = `Bearer error=a,${' '.repeat(spaces)}DPoP`
  expect(parseChallenges(header).map(({ scheme }) => scheme)).toEqual(schemes)
})
