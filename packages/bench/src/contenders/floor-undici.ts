// The floor on Node's `undici.request`, by hand.
import { request } from 'undici'
import {
  apiCallByHand,
  beginByHand,
  clientCredentialsByHand,
  exchangeByHand,
  type Get,
  type Post,
  refreshByHand,
} from './by-hand/client.ts'
import { factsOf } from './by-hand/checks.ts'
import type { Program } from './program.ts'

const post: Post = async (url, headers, body) => {
  const response = await request(url, { method: 'POST', headers, body })
  return { status: response.statusCode, json: await response.body.json() }
}

const get: Get = async (url, headers) => {
  const response = await request(url, { headers })
  return { status: response.statusCode, json: await response.body.json() }
}

export const authorizationUrl: Program['authorizationUrl'] = beginByHand
export const exchange: Program['exchange'] = (setup) => exchangeByHand(post, setup)
export const clientCredentials: Program['clientCredentials'] = (setup) => clientCredentialsByHand(post, setup)
export const refresh: Program['refresh'] = (setup, answer) => refreshByHand(post, setup, answer)
export const apiCall: Program['apiCall'] = (setup, answer) => apiCallByHand(get, setup, answer)
export const read: Program['read'] = factsOf
