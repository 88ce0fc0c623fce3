import type { Operation } from './operation.ts'

/** Runs an operation `count` times, `lanes` of them at once. */
export async function runLanes(
  operation: Operation,
  inputs: readonly unknown[],
  count: number,
  lanes: number,
): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < count) await operation.run(inputs[next++])
  }
  await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane))
}

/** The inputs of so many runs; an operation that needs none gets undefined. */
export async function inputsFor(operation: Operation, count: number): Promise<readonly unknown[]> {
  return (await operation.prepare?.(count)) ?? []
}
