import { constants, promises as fs } from 'node:fs'
import { join } from 'node:path'
import { createDirectory, exclusive, inspect, refused } from '../shared/node/private-path.ts'

// oxlint-disable-next-line no-bitwise -- flags of the operating system
const reading = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)

/** The content of a file. */
export interface FileContent {
  readonly text: string
  /** Modification time in milliseconds since the epoch. */
  readonly changedAt: number
}

/** A directory of private files, each of which is replaced atomically. Writers have to hold the lock. */
export class Directory {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** The path of a file in it. */
  pathOf(name: string): string {
    return join(this.#path, name)
  }

  /** Creates the directory if it is missing. */
  create(): void {
    if (inspect(this.#path, 'directory') === undefined) createDirectory(this.#path)
  }

  /** The names of its files. */
  names(): Promise<string[]> {
    return fs.readdir(this.#path)
  }

  /** The content and modification time of a file; undefined if it does not exist. */
  async read(name: string): Promise<FileContent | undefined> {
    const path = this.pathOf(name)
    const found = inspect(this.#path, 'directory') && inspect(path, 'file')
    if (!found) return undefined
    try {
      return { text: await fs.readFile(path, { encoding: 'utf8', flag: reading }), changedAt: found.mtimeMs }
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined // removed meanwhile
      if (codeOf(error) === 'ELOOP') throw refused(path, 'is a symbolic link')
      throw error
    }
  }

  /** Replaces a file. When it resolves, the file and its name are on disk. */
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
      await fs.rm(path) // left by a killed process: only the holder of the lock writes
      return fs.open(path, exclusive, 0o600)
    }
  }

  /** Waits until the file names are on disk; Windows has no such call. */
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
