import { inputsFor, runLanes } from './lanes.ts'
import { type Operation, refuse } from './operation.ts'

/** Throws unless so many runs at once are as many requests: who answers from memory, or asks twice, does another job. */
export async function checkRequests(operation: Operation, base: string, lanes: number): Promise<void> {
  const inputs = await inputsFor(operation, lanes)
  const before = await requestsAt(base)
  await runLanes(operation, inputs, lanes, lanes)
  const made = (await requestsAt(base)) - before - 1
  if (made !== lanes) refuse(`${lanes} runs made ${made} requests`)
}

async function requestsAt(base: string): Promise<number> {
  const response = await fetch(`${base}/requests`)
  const { requests } = (await response.json()) as { readonly requests: number }
  return requests
}
