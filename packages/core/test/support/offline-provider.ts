import { GrantError, Provider, type ProviderOptions } from '@grantkit/core'
import { expect } from 'vitest'
import { metadata } from './acme.ts'
import { testClock } from './clock.ts'
import { findLeaks } from './oracle.ts'
import { clientSecret, publicClient, watched } from './scene.ts'

export const clock = testClock()
export const client = { ...publicClient, clientSecret }

/** A provider whose every request gets this response, without a network: ten thousand of them take a second. */
export const answering = (respond: () => Response, more: ProviderOptions = {}): Provider =>
  new Provider({ name: 'acme', metadata }, client, { fetch: async () => respond(), clock, onEvent: watched(), ...more })

/** The value of an action; undefined where it ended in a GrantError. Anything else that it throws fails the property. */
export async function valueOf<T>(action: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await action()
  } catch (error) {
    expect(error).toBeInstanceOf(GrantError)
    return undefined
  } finally {
    expect(await findLeaks()).toEqual([])
  }
}
