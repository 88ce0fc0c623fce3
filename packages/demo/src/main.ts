import { readArguments, usage } from './arguments.ts'
import { runHeadless } from './headless/headless.ts'
import { runWeb } from './web.ts'

process.exitCode = await main(process.argv.slice(2))

async function main(words: readonly string[]): Promise<number> {
  const command = readArguments(words)
  if (command.kind === 'web') return runWeb(command.port, process.env)
  if (command.kind === 'headless') return runHeadless(process.env)
  if (command.kind === 'help') return say(console.log, usage, 0)
  return say(console.error, `${command.message}\n\n${usage}`, 2)
}

function say(print: (text: string) => void, text: string, exitCode: number): number {
  print(text)
  return exitCode
}
