// What the Node entry of core gives a provider and its API calls. If that entry changes, this is the place.
import { nodeFetch } from '@grantkit/core/node'

/** The options of a provider with the Node entry. */
export const onNode: { readonly fetch: typeof globalThis.fetch } = { fetch: nodeFetch() }
