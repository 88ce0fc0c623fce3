// The process of `holdLock`: locks an SQLite file and keeps the lock.
import { DatabaseSync } from 'node:sqlite'

const database = new DatabaseSync(process.argv[2] ?? '')
database.exec('BEGIN IMMEDIATE')
process.stdout.write('held')
setInterval(() => database.isOpen, 1_000_000)
