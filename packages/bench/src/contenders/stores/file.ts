import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { fileStore } from '@grantkit/stores/file'
import type { Program } from '../program.ts'

export const openStore: Program['openStore'] = async ({ directory }) => {
  const bare = join(directory, 'bare')
  await mkdir(bare, { recursive: true })
  const pathOf = (key: string) => join(bare, createHash('sha256').update(key).digest('hex'))
  const store = fileStore({ path: join(directory, 'tokens') })
  return {
    store,
    bareRead: (key) => readFile(pathOf(key), 'utf8'),
    async bareWrite(key, text) {
      await writeSafely(join(bare, 'new'), text)
      await rename(join(bare, 'new'), pathOf(key))
      await synchronise(bare)
    },
    close: () => store.close(),
  }
}

async function writeSafely(path: string, text: string): Promise<void> {
  await using file = await open(path, 'w', 0o600)
  await file.writeFile(text)
  await file.sync()
}

async function synchronise(path: string): Promise<void> {
  await using directory = await open(path, 'r')
  await directory.sync()
}
