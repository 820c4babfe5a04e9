import { KontorError, type HttpFailure } from '@kontor/core'
import type { LoyaltyConfig } from './config.ts'
import { leatErrors } from './tables/leat-errors.ts'
import { LeatFailure, LedgerFailure } from './wire/index.ts'

/** A failed call, in our words. `undefined` leaves it to the usual table. */
export function toError(failure: HttpFailure, config: LoyaltyConfig): KontorError | undefined {
  return config.provider === 'leat' ? leatError(failure) : ledgerError(failure)
}

function leatError(failure: HttpFailure): KontorError | undefined {
  const { status, doing, method, path, json } = failure
  const exchange = { method, url: path, status }
  if (status === 429 || status >= 500) return undefined
  const told = LeatFailure.safeParse(json)
  const vendorCode = told.success ? told.data.code : undefined
  const known = vendorCode === undefined ? undefined : leatErrors[vendorCode]
  if (status === 401 && known === undefined)
    return new KontorError('AUTH_INVALID', {
      message: `Leat does not accept the access token (${doing}). Personal access tokens end on the day chosen when they were made: create a new one in the Business Dashboard, Apps, Integrations, Personal Access Tokens.`,
      key: 'credentials.token',
      exchange,
    })
  if (known === undefined && status !== 400 && status !== 422) return undefined
  const fields = told.success && told.data.errors ? Object.keys(told.data.errors).slice(0, 5) : []
  const says = known?.says ?? 'it gave a reason we do not know'
  return new KontorError(known?.code ?? 'REQUEST_REJECTED', {
    message: `Leat refused to ${doing}: ${says}${fields.length > 0 ? ` (${fields.join(', ')})` : ''}${vendorCode === undefined ? '' : `, code ${vendorCode}`}.`,
    ...(vendorCode === undefined ? {} : { vendorCode }),
    ...(known?.key === undefined ? {} : { key: known.key, scope: 'connection' as const }),
    exchange,
  })
}

function ledgerError({ status, doing, method, path, json }: HttpFailure): KontorError | undefined {
  if (status !== 400 && status !== 409 && status !== 422) return undefined
  const told = LedgerFailure.safeParse(json)
  const said = told.success && /^[a-z_]{1,50}$/.test(told.data.error) ? told.data.error : undefined
  return new KontorError('REQUEST_REJECTED', {
    message: `The ledger refused to ${doing}: ${said ?? `HTTP ${status}`}.`,
    ...(said === undefined ? {} : { vendorCode: said }),
    exchange: { method, url: path, status },
  })
}
