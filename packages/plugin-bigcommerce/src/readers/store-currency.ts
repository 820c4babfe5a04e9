import { isKontorError, KontorError } from '@kontor/core'
import type { CatalogClient } from '../client/index.ts'
import type { BigCommerceConfig } from '../config/index.ts'

/** The currency of catalogue prices, which do not say it. */
export interface StoreCurrency {
  get(signal: AbortSignal): Promise<string>
}

export function storeCurrency(client: CatalogClient, config: BigCommerceConfig): StoreCurrency {
  let asked: Promise<string> | undefined
  return {
    get(signal) {
      if (config.currency !== undefined) return Promise.resolve(config.currency)
      asked ??= ask(client, signal).catch((thrown: unknown) => {
        asked = undefined
        throw thrown
      })
      return asked
    },
  }
}

async function ask(client: CatalogClient, signal: AbortSignal): Promise<string> {
  try {
    return (await client.store(signal)).currency
  } catch (thrown) {
    if (!isKontorError(thrown) || thrown.code !== 'AUTH_PERMISSION_MISSING') throw thrown
    throw new KontorError('AUTH_PERMISSION_MISSING', {
      message:
        'The currency of the store cannot be asked: the API account lacks the scope "Information & Settings: read-only". Write it into config.currency, or create an account that has the scope.',
      key: 'config.currency',
      cause: thrown,
    })
  }
}
