import type { EndpointName } from '../definition/server-metadata.ts'
import type { Grant } from '../grants/grant.ts'

/** A grant that needs the token endpoint alone, or one of these endpoints, as its `endpoint` says. */
export type GrantAt<Endpoint extends EndpointName> = Grant & {
  /** The endpoint that the grant needs. */
  readonly endpoint?: Endpoint
}

/** What a provider has to be for a method that needs an endpoint: anything, where its type has that endpoint. */
export type HasEndpoint<Endpoint extends EndpointName, Needed extends EndpointName> = Needed extends Endpoint
  ? unknown
  : {
      /** What the type of the provider lacks. */
      readonly endpoint: `this provider has no ${Needed}`
    }
