import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import type { IdTokenTask, Program } from '../contenders/program.ts'
import { mustReject, type Operation, refuse } from './operation.ts'

type Algorithm = IdTokenTask['algorithm']

/** Validation of an ID token. */
export async function idToken(program: Required<Pick<Program, 'idToken'>>, algorithm: Algorithm): Promise<Operation> {
  const signer = signerOf(algorithm)
  const claims = claimsOf()
  const task = signer.task(claims)
  const { run, without } = await program.idToken(task)
  return {
    run,
    without,
    async verify() {
      const result = (await run()) as { readonly sub?: unknown } | undefined
      if (result?.sub !== claims.sub) refuse('the claims are others')
      for (const [flaw, flawed] of flawedTasks(task, claims, signer)) {
        await mustReject(flaw, async () => (await program.idToken(flawed)).run())
      }
    },
  }
}

type Claims = ReturnType<typeof claimsOf>

function claimsOf() {
  const now = Math.floor(Date.now() / 1000)
  const subject = { sub: 'user-42', name: 'Some One', email: 'some.one@app.bench.example', email_verified: true }
  const parties = { iss: 'https://id.bench.example', aud: 'bench-client' }
  return { ...parties, ...subject, iat: now, exp: now + 3600, auth_time: now - 5, nonce: `nonce-${randomUUID()}` }
}

/** What must not pass: each of them differs from the good one in one point. */
function flawedTasks(task: IdTokenTask, claims: Claims, signer: Signer): [string, IdTokenTask][] {
  const [header, payload, signature = ''] = task.idToken.split('.')
  const foreign = signerOf(task.algorithm).task(claims).idToken
  const changed = (changes: Partial<Claims>): IdTokenTask => ({
    ...task,
    idToken: signer.task({ ...claims, ...changes }).idToken,
  })
  return [
    ['a signature of another key', { ...task, idToken: foreign }],
    ['half a signature', { ...task, idToken: `${header}.${payload}.${signature.slice(0, 40)}` }],
    ['another issuer', changed({ iss: 'https://evil.example' })],
    ['another audience', changed({ aud: 'another' })],
    ['another nonce', changed({ nonce: 'another' })],
    ['a token that has expired', changed({ iat: claims.iat - 7200, exp: claims.iat - 3600 })],
  ]
}

interface Signer {
  task(claims: object & { readonly iss: string; readonly aud: string; readonly nonce: string }): IdTokenTask
}

function signerOf(algorithm: Algorithm): Signer {
  const { privateKey, publicKey } = keyPair(algorithm)
  const kid = randomUUID()
  const header = base64url({ alg: algorithm, typ: 'JWT', kid })
  return {
    task(claims) {
      const data = `${header}.${base64url(claims)}`
      const digest = algorithm === 'EdDSA' ? null : 'sha256'
      const signature = sign(digest, Buffer.from(data), { key: privateKey, dsaEncoding: 'ieee-p1363' })
      return {
        algorithm,
        idToken: `${data}.${signature.toString('base64url')}`,
        issuer: claims.iss,
        audience: claims.aud,
        nonce: claims.nonce,
        jwk: { ...(publicKey.export({ format: 'jwk' }) as JsonWebKey), kid },
        pem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
      }
    },
  }
}

function keyPair(algorithm: Algorithm): { privateKey: KeyObject; publicKey: KeyObject } {
  if (algorithm === 'RS256') return generateKeyPairSync('rsa', { modulusLength: 2048 })
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return generateKeyPairSync('ed25519')
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
