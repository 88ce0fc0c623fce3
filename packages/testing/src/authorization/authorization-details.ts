import type { AuthorizationDetail, Configuration, errors } from 'oidc-provider'
import type { Settings } from './settings.ts'

/** Rich authorization requests (RFC 9396): details of the known types, granted as the user agrees to them. */
export function authorizationDetails(
  { authorizationDetailsTypes }: Settings,
  { InvalidAuthorizationDetails }: typeof errors,
): Configuration['features']['richAuthorizationRequests'] {
  const types = authorizationDetailsTypes.map((type) => [type, { validate: () => undefined }] as const)
  return {
    enabled: authorizationDetailsTypes.length > 0,
    types: Object.fromEntries(types),
    authorizationDetailsForGrantSource: ({ oidc }) => oidc.entities.Grant?.rar,
    authorizationDetailsForAccessToken({ oidc }, _token, source) {
      const asked = parseDetails(oidc.params?.['authorization_details'])
      const granted = source?.rar ?? asked
      if (asked?.some((detail) => !includes(granted, detail)))
        throw new InvalidAuthorizationDetails('the authorization details were not granted')
      return asked ?? granted
    },
    authorizationDetailsForIntrospection: (_context, { rar }) => rar,
  }
}

/** The details of a request parameter; undefined without one. */
export function parseDetails(parameter: string | undefined): readonly AuthorizationDetail[] | undefined {
  return parameter === undefined ? undefined : (JSON.parse(parameter) as readonly AuthorizationDetail[])
}

function includes(granted: readonly AuthorizationDetail[] | undefined, detail: AuthorizationDetail): boolean {
  return granted?.some((other) => JSON.stringify(other) === JSON.stringify(detail)) === true
}
