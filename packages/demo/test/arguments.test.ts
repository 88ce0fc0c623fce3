import { expect, test } from 'vitest'
import { readArguments } from '../src/arguments.ts'

test.each([
  [[], { kind: 'web', port: 8888 }],
  [['--port', '9000'], { kind: 'web', port: 9000 }],
  [['--headless'], { kind: 'headless' }],
  [['--help'], { kind: 'help' }],
  [['-h', '--headless'], { kind: 'help' }],
  [['--port', '0'], { kind: 'mistake', message: '--port has to be a number from 1 to 65535, not "0"' }],
  [['--port', '65536'], { kind: 'mistake', message: '--port has to be a number from 1 to 65535, not "65536"' }],
  [['--port=1e3'], { kind: 'mistake', message: '--port has to be a number from 1 to 65535, not "1e3"' }],
  [
    ['--headless', '--port', '1'],
    { kind: 'mistake', message: expect.stringContaining('--headless does not use a port') },
  ],
  [['--hedless'], { kind: 'mistake', message: "Unknown option '--hedless'" }],
  [['9000'], { kind: 'mistake', message: "Unexpected argument '9000'" }],
])('%j', (words, command) => {
  expect(readArguments(words)).toStrictEqual(command)
})
