import { deviceCodePage, deviceConfirmationPage, deviceDonePage } from '../pages/device-pages.ts'
import { show } from './show.ts'
import type { Configuration } from 'oidc-provider'
import type { Settings } from './settings.ts'

/** Devices without a browser (RFC 8628). */
export function deviceFlow({ dialect }: Settings): Configuration['features']['deviceFlow'] {
  return {
    enabled: dialect.discovery,
    charset: 'base-20',
    mask: '****-****',
    userCodeInputSource: (context, form, _out, error) => show(context, deviceCodePage(form, error?.message)),
    userCodeConfirmSource: (context, form, client, _device, userCode) =>
      show(context, deviceConfirmationPage(form, client.clientName ?? client.clientId, userCode)),
    successSource: (context) => show(context, deviceDonePage()),
  }
}
