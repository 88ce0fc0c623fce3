import { GrantError } from '../errors/grant-error.ts'
import type { GrantPort } from '../protocol/port.ts'
import { checkIssuer, checkState } from './callback.ts'
import type { Transaction } from './transaction.ts'

/** Parameters that count only if they are signed. */
const signedAlone = ['code', 'error', 'error_description', 'error_uri', 'id_token', 'access_token', 'token']

/**
 * The parameters of a callback that has to be signed (JARM §2.3). One that is not, or that has more than the signed
 * response, may be a downgrade. What is beside it has to agree with the transaction. Rejects with `callback_invalid`,
 * `state_mismatch` or `issuer_mismatch`.
 */
export async function openCallback(
  parameters: URLSearchParams,
  { state, responseMode }: Transaction,
  port: GrantPort,
): Promise<URLSearchParams> {
  const unsigned = signedAlone.find((name) => parameters.has(name))
  if (unsigned !== undefined)
    throw invalid(`the callback has "${unsigned}" unsigned, and the login asked for the response mode ${responseMode}`)
  const [response = '', second] = parameters.getAll('response')
  if (response === '' || second !== undefined) throw invalid('the callback has to have one "response"')
  for (const value of parameters.getAll('state')) checkState(value, state)
  for (const value of parameters.getAll('iss')) checkIssuer(value, port, [state])
  if (port.readSignedResponse) return port.readSignedResponse(response)
  throw new GrantError('config_invalid', 'the port of this grant has no readSignedResponse(): add it to the object')
}

function invalid(message: string): GrantError {
  return new GrantError('callback_invalid', message)
}
