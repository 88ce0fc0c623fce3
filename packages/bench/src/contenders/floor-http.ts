// The floor on `node:http`, by hand.
import { Agent, type IncomingMessage, request, type RequestOptions } from 'node:http'
import {
  type Answer,
  apiCallByHand,
  clientCredentialsByHand,
  exchangeByHand,
  type Get,
  type Post,
  refreshByHand,
} from './by-hand/client.ts'
import { factsOf } from './by-hand/checks.ts'
import { beginOnNode } from './by-hand/begin-on-node.ts'
import { validateOnNode } from './by-hand/id-token.ts'
import type { Program } from './program.ts'

const agent = new Agent({ keepAlive: true })

const post: Post = (url, headers, body) =>
  send(url, { method: 'POST', headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) } }, body)

const get: Get = (url, headers) => send(url, { headers })

function send(url: string, options: RequestOptions, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { ...options, agent }, (incoming) => {
      readJson(incoming).then((json) => resolve({ status: incoming.statusCode ?? 0, json }), reject)
    })
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}

function readJson(incoming: IncomingMessage): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let text = ''
    incoming.setEncoding('utf8')
    incoming.on('data', (piece: string) => (text += piece))
    incoming.once('error', reject)
    incoming.once('end', () => {
      try {
        resolve(JSON.parse(text))
      } catch (error) {
        reject(error)
      }
    })
  })
}

export const authorizationUrl: Program['authorizationUrl'] = beginOnNode
export const exchange: Program['exchange'] = (setup) => exchangeByHand(post, setup)
export const clientCredentials: Program['clientCredentials'] = (setup) => clientCredentialsByHand(post, setup)
export const refresh: Program['refresh'] = (setup, answer) => refreshByHand(post, setup, answer)
export const apiCall: Program['apiCall'] = (setup, answer) => apiCallByHand(get, setup, answer)
export const read: Program['read'] = factsOf
export const idToken: Program['idToken'] = validateOnNode
