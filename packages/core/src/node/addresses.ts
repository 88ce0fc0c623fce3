import type { lookup as dnsLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { isPrivateAddress, isPrivateHost } from '../definition/check/private-address.ts'
import { GrantError } from '../errors/grant-error.ts'

/** Resolves a name to its addresses, as `lookup` of `node:dns` does. */
export type Lookup = typeof dnsLookup

/** Refuses a host that is a private address, or names this machine: an IP literal never reaches a lookup. Throws `insecure_url`. */
export function refusePrivateHost(hostname: string): void {
  if (isPrivateHost(hostname)) throw refused(hostname)
}

/** A lookup that fails unless every address of a name is public. The connection goes to an address that was checked. */
export function publicLookup(lookup: Lookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '')
      const [first] = addresses
      if (!first || addresses.some(({ address }) => isPrivateAddress(address))) return callback(refused(hostname), '')
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family)
    })
  }
}

function refused(host: string): GrantError {
  return new GrantError('insecure_url', `${host} is, or resolves to, a private address, which is refused`)
}
