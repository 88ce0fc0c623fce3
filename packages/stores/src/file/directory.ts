import { constants, promises as fs } from 'node:fs'
import { join } from 'node:path'
import { createDirectory, exclusive, inspect, refused } from '../shared/node/private-path.ts'

// oxlint-disable-next-line no-bitwise -- flags of the operating system
const reading = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)

/** What is in a file. */
export interface FileContent {
  readonly text: string
  /** When the file was changed, in milliseconds since the epoch. */
  readonly changedAt: number
}

/** A directory of files for their owner alone, each of them whole at any moment. Whoever changes it holds its lock. */
export class Directory {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** The path of a file in it. */
  pathOf(name: string): string {
    return join(this.#path, name)
  }

  /** Makes the directory, if there is none. */
  create(): void {
    if (inspect(this.#path, 'directory') === undefined) createDirectory(this.#path)
  }

  /** The names of its files. */
  names(): Promise<string[]> {
    return fs.readdir(this.#path)
  }

  /** The content of a file, and when it was changed; undefined where there is none. */
  async read(name: string): Promise<FileContent | undefined> {
    const path = this.pathOf(name)
    const found = inspect(this.#path, 'directory') && inspect(path, 'file')
    if (!found) return undefined
    try {
      return { text: await fs.readFile(path, { encoding: 'utf8', flag: reading }), changedAt: found.mtimeMs }
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined // it was removed in between
      if (codeOf(error) === 'ELOOP') throw refused(path, 'is a symbolic link')
      throw error
    }
  }

  /** Puts a file in place of the one there was. When it resolves, the file is on the disk, and so is its name. */
  async write(name: string, text: string): Promise<void> {
    const temporary = this.pathOf('new')
    await this.#writeNew(temporary, text)
    await fs.rename(temporary, this.pathOf(name))
    await this.#synchronise()
  }

  /** Removes a file. */
  async remove(name: string): Promise<void> {
    await fs.rm(this.pathOf(name), { force: true })
    await this.#synchronise()
  }

  async #writeNew(path: string, text: string): Promise<void> {
    const file = await this.#openNew(path)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
  }

  async #openNew(path: string): Promise<fs.FileHandle> {
    try {
      return await fs.open(path, exclusive, 0o600)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
      await fs.rm(path) // of a process that was killed: whoever holds the lock is the only one who writes
      return fs.open(path, exclusive, 0o600)
    }
  }

  /** Waits until the names of the files are on the disk; Windows has no such call. */
  async #synchronise(): Promise<void> {
    if (process.platform === 'win32') return
    const directory = await fs.open(this.#path, 'r')
    try {
      await directory.sync()
    } finally {
      await directory.close()
    }
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
