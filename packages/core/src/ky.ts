/**
 * An API client on ky whose requests carry a fresh token. A separate entry, so you only load ky if you use it.
 *
 * @packageDocumentation
 */
export { apiClient, type ApiClientOptions } from './api/client.ts'
