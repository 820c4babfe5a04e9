import { isKontorError, type CheckResult, type Problem } from '@kontor/core'
import type { LeatClient, LedgerClient } from '../client/index.ts'
import type { LeatConfig, LoyaltyCredentials, WebhookLedgerConfig } from '../config.ts'
import { attributeNames } from '../tables/attributes.ts'

export async function checkLeat(client: LeatClient, config: LeatConfig, signal: AbortSignal): Promise<CheckResult> {
  const account = `leat:${config.shop}`
  try {
    const shops = await client.shops(signal)
    const shop = shops.find(({ uuid }) => uuid === config.shop)
    if (shop !== undefined)
      return { account, problems: [], facts: { shop: shop.name ?? shop.uuid, variant: config.variant } }
    const list = shops.map(({ uuid, name }) => `${name ?? 'without a name'} (${uuid})`).join(', ')
    return {
      account,
      problems: [
        { level: 'error', message: `Leat has no shop ${config.shop}. It has: ${list || 'none'}.`, key: 'config.shop' },
      ],
    }
  } catch (thrown) {
    return { account, problems: [problemOf(thrown)] }
  }
}

export async function checkLedger(
  client: LedgerClient,
  config: WebhookLedgerConfig,
  credentials: LoyaltyCredentials,
  signal: AbortSignal,
): Promise<CheckResult> {
  const account = `ledger:${config.url}`
  const unsigned: Problem[] =
    credentials.signingSecret === undefined
      ? [
          {
            level: 'info',
            message:
              'Without credentials.signingSecret the ledger cannot tell our calls from those of whoever has the token.',
            key: 'credentials.signingSecret',
          },
        ]
      : []
  try {
    await client.bookingsOf('kontor:check', signal)
    return { account, problems: unsigned }
  } catch (thrown) {
    return { account, problems: [problemOf(thrown)] }
  }
}

function problemOf(thrown: unknown): Problem {
  if (!isKontorError(thrown) || thrown.code === 'ABORTED') throw thrown
  return {
    level: 'error',
    message: thrown.message,
    code: thrown.code,
    ...(thrown.key === undefined ? {} : { key: thrown.key }),
  }
}

/**
 * Creates the attributes our bookings carry. Without them a booking whose answer was lost is recognised by its amount and time alone, and a
 * lost ledger cannot be rebuilt: so a refusal is told, and is no reason to stop.
 */
export async function ensureAttributes(client: LeatClient, signal: AbortSignal): Promise<Problem[]> {
  try {
    const known = await client.attributes(signal)
    for (const name of attributeNames) if (!known.includes(name)) await client.createAttribute(name, signal)
    return []
  } catch (thrown) {
    if (!isKontorError(thrown) || thrown.failureType === 'transient' || thrown.code === 'PLAN_MODE') throw thrown
    return [
      {
        level: 'warning',
        message: `The attributes ${attributeNames.join(', ')} of bookings could not be set up at Leat (${thrown.message}) Create them in the Business Dashboard as text: without them a lost answer is recognised by amount and time alone.`,
        code: thrown.code,
      },
    ]
  }
}
