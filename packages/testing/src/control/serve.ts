import { randomUUID } from 'node:crypto'
import { startAuthorizationServer } from '../authorization/start.ts'
import { startFaultServer } from '../faults/start.ts'
import { json, send, text } from '../http/response.ts'
import { allowAnyOrigin, answerPreflight, isPreflight } from '../http/cors.ts'
import { listen } from '../http/loopback.ts'
import { readBody } from '../http/record.ts'
import type { TestingService } from '../testing-service.ts'
import type { Call, Result } from './protocol.ts'

type Target = Readonly<Record<string, unknown>>

/**
 * Lets tests in a browser start servers in this process, through `connectTesting`. Its URL contains a random part, so no
 * other page on the machine can use it.
 */
export async function serveTesting(): Promise<TestingService> {
  const objects = new Map<string, Target>([['', { startAuthorizationServer, startFaultServer }]])
  const path = `/${randomUUID()}`
  const loopback = await listen(async (request, response) => {
    if (isPreflight(request)) return answerPreflight(request, response)
    allowAnyOrigin(response)
    if (request.url !== path || request.method !== 'POST') return send(response, text(404, 'Not found'))
    const call = JSON.parse((await readBody(request)).toString()) as Call
    send(response, json(200, await perform(objects, call)))
  })
  const close = async (): Promise<void> => {
    await Promise.all(
      [...objects.values()].map((target) => (isFunction(target['close']) ? target['close']() : undefined)),
    )
    await loopback.close()
  }
  return { url: loopback.url + path, close, [Symbol.asyncDispose]: close }
}

async function perform(objects: Map<string, Target>, call: Call): Promise<Result> {
  const target = objects.get(call.object)
  const method = target !== undefined && Object.hasOwn(target, call.method) ? target[call.method] : undefined
  if (!isFunction(method)) return { error: `unknown method ${call.method}` }
  try {
    const value = await method(...call.arguments)
    return hasMethods(value) ? introduce(objects, value) : { value }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

/** Stores an object for later calls, and describes it to the other side. */
function introduce(objects: Map<string, Target>, target: Target): Result {
  const object = randomUUID()
  objects.set(object, target)
  const properties = Object.entries(target)
  return {
    object,
    methods: properties.filter(([, value]) => isFunction(value)).map(([name]) => name),
    properties: Object.fromEntries(properties.filter(([, value]) => !isFunction(value))),
  }
}

function hasMethods(value: unknown): value is Target {
  return typeof value === 'object' && value !== null && Object.values(value).some(isFunction)
}

function isFunction(value: unknown): value is (...parameters: readonly unknown[]) => unknown {
  return typeof value === 'function'
}
