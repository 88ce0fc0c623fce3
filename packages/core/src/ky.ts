/**
 * An API client on ky whose requests carry a fresh token. It has an entry of its own, so that ky's types and weight stay here.
 *
 * @packageDocumentation
 */
export { apiClient, type ApiClientOptions } from './api/client.ts'
