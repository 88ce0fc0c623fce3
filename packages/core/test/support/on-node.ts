// Stands for `@grantkit/core` in the project `core-on-node`: the same tests, with the Node entry under every provider.
import { Provider as Plain } from '../../src/index.ts'
import { onNode } from '../../src/node.ts'

export * from '../../src/index.ts'

const fast = onNode()

export class Provider<Scope extends string = string> extends Plain<Scope> {
  constructor(...[definition, client, options]: ConstructorParameters<typeof Plain<Scope>>) {
    super(definition, client, { ...fast, ...options })
  }

  static override async discover(...[issuer, client, options]: Parameters<typeof Plain.discover>): Promise<Plain> {
    return Plain.discover(issuer, client, { ...fast, ...options })
  }
}
