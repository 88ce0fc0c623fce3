import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright'
import type { NeededServer } from '../../packages/stores/test/support/servers.ts'

const places = [process.env['CHROME_BIN'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The browser that samples for a page run in. */
export const neededChromium: NeededServer = {
  name: 'Chromium',
  debianPackage: 'chromium',
  find: () => places.find((path) => path !== undefined && existsSync(path)),
}

const alone = '--host-resolver-rules=MAP * ~NOTFOUND' // it looks no name up, whatever a page asks for

/** Starts the Chromium of this machine, told to keep to itself. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: neededChromium.find()!,
    args: [
      alone,
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
    ],
  })
}
