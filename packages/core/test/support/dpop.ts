import type { DpopKeyPair } from '@grantkit/core'
import type { FaultyRequest, Reply } from '@grantkit/testing/server'
import { calculateJwkThumbprint, decodeProtectedHeader, importJWK, type JWK, jwtVerify } from 'jose'
import { expect } from 'vitest'
import { keepJwt } from './oracle.ts'

/** A proof as a server reads it. */
export interface ReadProof {
  readonly algorithm: string
  readonly jwk: JWK
  readonly thumbprint: string
  readonly claims: {
    readonly jti: string
    readonly htm: string
    readonly htu: string
    readonly iat: number
    readonly ath?: string
    readonly nonce?: string
  }
}

/** A key pair whose private key can be read, so that the leak oracle knows what to look for. */
export async function keyPair(
  algorithm: EcKeyGenParams | RsaHashedKeyGenParams | Algorithm = { name: 'ECDSA', namedCurve: 'P-256' },
): Promise<DpopKeyPair> {
  const pair = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair
  return { privateKey: pair.privateKey, publicKey: pair.publicKey }
}

export const rsa = (name: string, hash = 'SHA-256', modulusLength = 2048): RsaHashedKeyGenParams => ({
  name,
  hash,
  modulusLength,
  publicExponent: new Uint8Array([1, 0, 1]),
})

/** The one proof of a request, once verified, which no error may show from then on. */
export async function proofIn(request: Headed): Promise<ReadProof> {
  keepJwt(request.headers['dpop'])
  return readProof(request)
}

/** As much of a request as its proof takes. */
type Headed = Pick<FaultyRequest, 'rawHeaders' | 'headers'>

/** The one proof of a request, with its signature verified by the key in it. */
export async function readProof({ rawHeaders, headers }: Headed): Promise<ReadProof> {
  expect(rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'dpop')).toHaveLength(1)
  const proof = headers['dpop'] ?? ''
  const { typ, alg = '', jwk = {} } = decodeProtectedHeader(proof) as { typ?: string; alg?: string; jwk?: JWK }
  expect(typ).toBe('dpop+jwt')
  expect(Object.keys(jwk).toSorted()).toEqual(publicNames[jwk.kty ?? ''])
  const { payload } = await jwtVerify(proof, await importJWK(jwk, alg), { currentDate: new Date(0) })
  const claims = payload as unknown as ReadProof['claims']
  return { algorithm: alg, jwk, thumbprint: await calculateJwkThumbprint(jwk), claims }
}

/** The names of a public key (RFC 7518 §6), and nothing of a private one. */
const publicNames: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
}

/** The claims of the proofs of some requests, in order. */
export async function claimsOf(requests: readonly FaultyRequest[]): Promise<readonly ReadProof['claims'][]> {
  return (await Promise.all(requests.map(proofIn))).map(({ claims }) => claims)
}

/** A token that is bound to the key of its request. */
export const boundToken = (n = 1, more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  access_token: `canary-bound-${n}`,
  token_type: 'DPoP',
  expires_in: 3600,
  ...more,
})

/** An authorization server that wants its nonce (RFC 9449 §8). */
export const serverWants = (nonce: string, status = 400): Reply => ({
  status,
  headers: { 'DPoP-Nonce': nonce },
  json: { error: 'use_dpop_nonce', error_description: 'Authorization server requires nonce in DPoP proof' },
})

/** An API that refuses a proof (RFC 9449 §7.1 and §9). */
export const apiWants = (challenge: string, nonce?: string): Reply => ({
  status: 401,
  headers: { 'WWW-Authenticate': challenge, ...(nonce !== undefined && { 'DPoP-Nonce': nonce }) },
})
