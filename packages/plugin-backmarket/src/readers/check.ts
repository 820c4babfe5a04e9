import { isKontorError, type CheckResult, type Problem } from '@kontor/core'
import { z } from 'zod'
import type { Client } from '../client.ts'
import { isLegacyToken, marketOf, originOf, type BackMarketConfig } from '../config.ts'

const Owner = z.object({ merchant_id: z.union([z.string().min(1), z.number().transform(String)]) })

/**
 * One call that changes nothing: may we, and whose orders are these? The API has no question for the account itself; every order
 * names its merchant. Before the first order nobody can tell, and nothing else would do: a token is replaced, and two connections
 * may be in one market. So `account` is left out until then.
 */
export async function check(
  client: Client,
  config: BackMarketConfig,
  token: string,
  signal: AbortSignal,
): Promise<CheckResult> {
  const legacy: Problem[] = isLegacyToken(token)
    ? [
        {
          level: 'error',
          code: 'AUTH_INVALID',
          key: 'credentials.token',
          message:
            'This token is the encoded e-mail and password, as tokens were before 24 April 2023; they stopped working. Delete the integration under Options > Integrations, reload the page, add it again and use the new token.',
        },
      ]
    : []
  try {
    const page = await client.listOrders({ page: 1, pageSize: 1 }, signal)
    const owner = Owner.safeParse(page?.results[0])
    const facts = {
      platform: originOf(config),
      market: marketOf(config),
      ...(typeof page?.count === 'number' ? { orders: String(page.count) } : {}),
    }
    if (owner.success) return { account: accountOf(owner.data.merchant_id, config), problems: legacy, facts }
    const unknown: Problem = {
      level: 'info',
      message:
        'There is no order yet, so the number of the seller account is not known; it is remembered with the first order.',
    }
    return { problems: [...legacy, unknown], facts }
  } catch (error) {
    if (!isKontorError(error) || error.code === 'ABORTED') throw error
    return {
      problems: [
        ...legacy,
        {
          level: 'error',
          code: error.code,
          message: error.message,
          ...(error.key === undefined ? {} : { key: error.key }),
        },
      ],
    }
  }
}

/** The same for every token of the account: platform and merchant number; a preprod account is another one. */
const accountOf = (merchantId: string, { region, environment }: BackMarketConfig): string =>
  `${region}${environment === 'preprod' ? '-preprod' : ''}/${merchantId}`
