// The one module that names openid-client. It is imported when the first token is requested, and by name, so that a
// bundler leaves the rest of the engine out.
export { allowInsecureRequests, clockSkew, Configuration, customFetch, genericGrantRequest } from 'openid-client'
