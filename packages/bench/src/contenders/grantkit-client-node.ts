// Ours: `apiClient` with the Node entry.
import { apiCall as callOn } from './grantkit-client.ts'
import { onNode } from './node-entry.ts'
import type { Program } from './program.ts'

export const apiCall: Program['apiCall'] = (setup, answer) => callOn(setup, answer, onNode)
