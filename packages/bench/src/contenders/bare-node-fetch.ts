// The `fetch` of our Node entry by itself: what `authorizedFetch` adds to it is the difference.
import { apiCallByHand } from './by-hand/client.ts'
import { onNode } from './node-entry.ts'
import type { Program } from './program.ts'

export const apiCall: Program['apiCall'] = (setup, answer) =>
  apiCallByHand(
    async (url, headers) => {
      const response = await onNode.fetch(url, { headers })
      return { status: response.status, json: await response.json() }
    },
    setup,
    answer,
  )
