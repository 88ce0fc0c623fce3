// Stands for `@grantkit/core` in the project `core-on-node`: the same tests, with `nodeFetch` under every provider.
import { Provider as Plain } from '../../src/index.ts'
import { nodeFetch } from '../../src/node.ts'

export * from '../../src/index.ts'

const fetch = nodeFetch()

export class Provider<Scope extends string = string> extends Plain<Scope> {
  constructor(...[definition, client, options]: ConstructorParameters<typeof Plain<Scope>>) {
    super(definition, client, { fetch, ...options })
  }

  static override async discover(...[issuer, client, options]: Parameters<typeof Plain.discover>): Promise<Plain> {
    return Plain.discover(issuer, client, { fetch, ...options })
  }
}
