export * from './grantkit.ts'
export { idTokenCost as idToken } from './grantkit-id-token.ts'
