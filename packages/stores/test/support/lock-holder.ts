// What a process runs that `holdLock` starts: it takes the lock of an SQLite file, and keeps it.
import { DatabaseSync } from 'node:sqlite'

const database = new DatabaseSync(process.argv[2] ?? '')
database.exec('BEGIN IMMEDIATE')
process.stdout.write('held')
setInterval(() => database.isOpen, 1_000_000)
