import { importJWK, jwtVerify } from 'jose'
import { checkedClaims } from './by-hand/id-token.ts'
import type { IdTokenTask, Measured } from './program.ts'

/** Validation with an imported key; the nonce, and the presence of the other claims, are left to the caller. */
export async function idToken(task: IdTokenTask): Promise<Measured> {
  const { algorithm, issuer, audience } = task
  const key = await importJWK(task.jwk, algorithm)
  const options = { algorithms: [algorithm], issuer, audience, clockTolerance: 30 }
  return {
    async run() {
      const { payload } = await jwtVerify(task.idToken, key, options)
      return checkedClaims(payload, task)
    },
  }
}
