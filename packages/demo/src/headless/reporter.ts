import { styleText } from 'node:util'

/** Prints one line. */
export type Print = (line: string) => void

/** Does one step, and says on one line what came of it. */
export type Step = <T>(name: string, work: () => T | Promise<T>, words: (result: T) => string) => Promise<T>

const widest = 'client credentials'.length

/** A way to do steps: each has its line, also the one that fails. */
export function steps(print: Print): Step {
  return async (name, work, words) => {
    const label = name.padEnd(widest)
    try {
      const result = await work()
      print(`${styleText('green', '✓')} ${label}  ${words(result)}`)
      return result
    } catch (error) {
      print(`${styleText('red', '✗')} ${label}  failed`)
      throw error
    }
  }
}
