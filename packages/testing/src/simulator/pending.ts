import { randomUUID } from 'node:crypto'
import type { Granted } from './ledger.ts'
import { Refusal } from './refusal.ts'

interface Device {
  readonly granted: Granted
  readonly userCode: string
  state: 'pending' | 'approved' | 'denied'
}

/** What has begun and waits for the user: pushed authorization requests and logins of devices. */
export class Pending {
  readonly #pushed = new Map<string, ReadonlyMap<string, string>>()
  readonly #devices = new Map<string, Device>()

  /** Stores a pushed authorization request; returns its URI. */
  push(parameters: ReadonlyMap<string, string>): string {
    const uri = `urn:ietf:params:oauth:request_uri:${randomUUID()}`
    this.#pushed.set(uri, parameters)
    return uri
  }

  /** Removes and returns a pushed request: it works once (RFC 9126 §4). */
  takePushed(uri: string, clientId: string | undefined): ReadonlyMap<string, string> {
    const parameters = this.#pushed.get(uri)
    this.#pushed.delete(uri)
    if (!parameters || parameters.get('client_id') !== clientId)
      throw new Refusal('invalid_request', 'the request URI is unknown, was already used or belongs to another client')
    return parameters
  }

  /** Begins the login of a device. */
  addDevice(granted: Granted): { readonly deviceCode: string; readonly userCode: string } {
    const deviceCode = `simulated-device-${randomUUID()}`
    const userCode = `SIMU-${String(this.#devices.size + 1).padStart(4, '0')}`
    this.#devices.set(deviceCode, { granted, userCode, state: 'pending' })
    return { deviceCode, userCode }
  }

  /** The user agrees to or refuses the login with a code. */
  decide(userCode: string, deny: boolean): void {
    const device = [...this.#devices.values()].find((other) => other.userCode === userCode)
    if (device?.state !== 'pending') throw new Error(`the code ${userCode} is unknown or was already used`)
    device.state = deny ? 'denied' : 'approved'
  }

  /** What a device was granted (RFC 8628 §3.5). Throws `authorization_pending` until the user has decided. */
  takeDevice(deviceCode: string | undefined, clientId: string): Granted {
    const device = this.#devices.get(deviceCode ?? '')
    if (device?.granted.clientId !== clientId)
      throw new Refusal('invalid_grant', 'the device code is unknown or was already used')
    if (device.state === 'pending') throw new Refusal('authorization_pending', 'the user has not decided yet')
    this.#devices.delete(deviceCode ?? '')
    if (device.state === 'denied') throw new Refusal('access_denied', 'the user refused')
    return device.granted
  }
}
