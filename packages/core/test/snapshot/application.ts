// What is in a snapshot of a process (`node --build-snapshot`): the library, loaded and used once. Each process that is
// started from it prints what its own logins are made of.
import { startupSnapshot } from 'node:v8'
import { generateState, generateVerifier, Pkce, Provider } from '../../src/index.ts'

const endpoint = 'https://id.acme.example/token'
const metadata = { authorization_endpoint: endpoint, token_endpoint: endpoint }
const provider = new Provider({ name: 'acme', metadata }, { clientId: 'cid', redirectUri: 'https://app.example/cb' })

const makeSecrets = async (): Promise<string[]> => {
  const { transaction } = await provider.grant(Pkce).authorize()
  return [generateState(), generateVerifier(), transaction.state, String(transaction.codeVerifier)]
}

generateState()
generateVerifier()
startupSnapshot.setDeserializeMainFunction(() => {
  void makeSecrets().then((secrets) => process.stdout.write(JSON.stringify(secrets)))
})
