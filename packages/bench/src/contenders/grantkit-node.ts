// Ours with the Node entry.
import * as grantkit from './grantkit.ts'
import { onNode } from './node-entry.ts'
import type { Program } from './program.ts'

export const authorizationUrl: Program['authorizationUrl'] = (setup) => grantkit.authorizationUrl(setup, onNode)
export const exchange: Program['exchange'] = (setup) => grantkit.exchange(setup, onNode)
export const clientCredentials: Program['clientCredentials'] = (setup) => grantkit.clientCredentials(setup, onNode)
export const refresh: Program['refresh'] = (setup, answer) => grantkit.refresh(setup, answer, onNode)
export const apiCall: Program['apiCall'] = (setup, answer) => grantkit.apiCall(setup, answer, onNode)
export const herd: Program['herd'] = (start) => grantkit.herd(start, onNode)
export const read: Program['read'] = grantkit.read
