// Started by the benchmark: says its port, and ends with it.
import { startServer } from './server.ts'

const ports = await Promise.all(Array.from({ length: Number(process.argv[2] ?? 1) }, startServer))
process.send?.(ports)
process.on('disconnect', () => process.exit())
