// The token endpoint and the API that every contender speaks to, in a process of its own.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { profile, tokenAnswer } from '../answers.ts'
import { HerdScene, type HerdScenario } from './herd-scene.ts'
import { answer, prepare } from './json-answer.ts'
import { answerTokenRequest } from './token-endpoint.ts'

const success = prepare(200, profile)
const unauthorized = prepare(401, { error: 'invalid_token' })
/** Milliseconds that the token endpoint takes to answer a herd. */
const thinking = 20

let herd = new HerdScene('cold')
/** Requests of the timed jobs. */
let requests = 0

/** Starts the server on loopback and resolves to its port. */
export function startServer(): Promise<number> {
  const server = createServer(respond)
  server.keepAliveTimeout = 10 * 60_000 // contenders take turns: none of them should find its connections closed
  server.headersTimeout = 0
  server.requestTimeout = 0
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', 20_000, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
}

function respond(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url?.split('?')[0] ?? ''
  requests += 1
  if (path === '/api') answer(response, isValid(request) ? success : unauthorized)
  else if (path === '/herd/api') respondToHerd(request, response)
  else read(request, (body) => respondToForm(path, request, response, body))
}

function respondToForm(path: string, request: IncomingMessage, response: ServerResponse, body: string): void {
  if (path === '/herd/token') setTimeout(() => answer(response, herd.token(new URLSearchParams(body))), thinking)
  else if (path.endsWith('/token')) answer(response, answerTokenRequest(path, request.headers, body))
  else if (path === '/herd/begin') {
    herd = new HerdScene(body as HerdScenario)
    answer(response, prepare(200, { first: herd.first }))
  } else if (path === '/requests') answer(response, prepare(200, { requests }))
  else if (path === '/herd/record') answer(response, prepare(200, herd.record))
  else answer(response, prepare(404, { error: 'there is nothing here' }))
}

function isValid({ headers }: IncomingMessage): boolean {
  return headers.authorization === `Bearer ${tokenAnswer.access_token}`
}

function respondToHerd({ headers }: IncomingMessage, response: ServerResponse): void {
  const { refusal, delay } = herd.call(headers.authorization)
  if (delay > 0) setTimeout(() => answer(response, refusal ?? success), delay)
  else answer(response, refusal ?? success)
}

function read(request: IncomingMessage, done: (body: string) => void): void {
  let body = ''
  request.setEncoding('latin1')
  request.on('data', (piece: string) => (body += piece))
  request.on('end', () => done(body))
}
