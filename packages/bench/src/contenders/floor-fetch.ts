// The floor: `fetch` and WebCrypto, by hand.
import {
  apiCallByHand,
  beginByHand,
  clientCredentialsByHand,
  exchangeByHand,
  type Get,
  type Post,
  refreshByHand,
} from './by-hand/client.ts'
import { factsOf, tokenOf } from './by-hand/checks.ts'
import { validateOnWebCrypto } from './by-hand/id-token.ts'
import type { Program } from './program.ts'

const post: Post = async (url, headers, body) => {
  const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual' })
  return { status: response.status, json: await response.json() }
}

const get: Get = async (url, headers) => {
  const response = await fetch(url, { headers })
  return { status: response.status, json: await response.json() }
}

export const authorizationUrl: Program['authorizationUrl'] = beginByHand
export const exchange: Program['exchange'] = (setup) => exchangeByHand(post, setup)
export const clientCredentials: Program['clientCredentials'] = (setup) => clientCredentialsByHand(post, setup)
export const refresh: Program['refresh'] = (setup, answer) => refreshByHand(post, setup, answer)
export const apiCall: Program['apiCall'] = (setup, answer) => apiCallByHand(get, setup, answer)
export const read: Program['read'] = factsOf
export const idToken: Program['idToken'] = validateOnWebCrypto
export const heldToken: Program['heldToken'] = () => tokenOf
export const heldProvider: Program['heldProvider'] = (setup) => ({ ...setup })
