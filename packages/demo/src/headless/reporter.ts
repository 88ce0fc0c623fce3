import { styleText } from 'node:util'

/** Prints one line. */
export type Print = (line: string) => void

/** Runs one step and prints its result on one line. */
export type Step = <T>(name: string, work: () => T | Promise<T>, words: (result: T) => string) => Promise<T>

const widest = 'client credentials'.length

/** Runs steps and prints a line for each, including a failed one. */
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
