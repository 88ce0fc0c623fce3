import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { goodToken } from '../../support/scene.ts'
import { faultServer } from '../../support/servers.ts'

const program = fileURLToPath(new URL('../../support/loopback-program.ts', import.meta.url))

/** Runs the program until it ends by itself. */
async function run(ending: string): Promise<{ readonly code: unknown; readonly printed: string }> {
  const server = await faultServer()
  await server.reply(
    '/token',
    ending === 'refused' ? { status: 400, json: { error: 'invalid_grant' } } : { json: goodToken },
  )
  const child = spawn(process.execPath, ['--conditions=@grantkit/source', program, ending, `${server.url}/token`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  child.stdout.on('data', (data) => (printed += String(data)))
  const [code] = (await once(child, 'close')) as unknown[]
  return { code, printed: printed.trim() }
}

test.each([
  ['success', 'token'],
  ['keep-alive', 'token'],
  ['denied', 'authorization_denied'],
  ['refused', 'token_error'],
  ['abort', 'aborted'],
  ['timeout', 'timeout'],
])('R55, E-60: after %s, nothing of the login keeps the process running', async (ending, printed) => {
  expect(await run(ending)).toEqual({ code: 0, printed })
})
