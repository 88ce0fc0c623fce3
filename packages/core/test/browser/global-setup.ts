import { serveTesting } from '../../../testing/src/server.ts' // by path: the name stands for servers.ts here
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the tests in the browser have their servers started. */
    testingUrl: string
  }
}

/** Runs beside the browser, in Node: starts servers for the tests that run inside it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url, close } = await serveTesting()
  project.provide('testingUrl', url)
  return close
}
