import { isKontorError, toInstant, type CheckResult, type Clock, type Problem } from '@kontor/core'
import type { Clients, Participation, QueueClient } from '../client/index.ts'
import { homeOf, type AmazonConfig } from '../config.ts'
import { countryOf, marketplaces, roles } from '../tables/index.ts'
import { TransactionSeller } from '../wire/index.ts'
import type { Personal, PersonalData } from './personal-data.ts'

/** A few cheap calls, the first of which also renews the access token: where the account takes part, what is suspended, and which roles the app has. */
export async function checkAccount(
  clients: Asked,
  config: AmazonConfig,
  personal: PersonalData,
  clock: Clock,
  signal: AbortSignal,
  queue?: QueueClient,
): Promise<CheckResult> {
  const account = `${config.sellerId}@${config.region}`
  try {
    const rows = await clients.sellers.participations(signal)
    const state = await personal.state()
    const told = await queueState(config, queue, signal)
    return {
      account,
      problems: [
        ...participationProblems(rows, config),
        ...(await roleProblems(clients, config, clock.now(), signal)),
        ...dateProblems(config),
        ...personalProblems(state),
        ...told.problems,
      ],
      facts: {
        marketplaces: participating(rows).join(', ') || 'none',
        personalData: state ?? 'not known until orders were read',
        ...told.facts,
      },
    }
  } catch (thrown) {
    if (!isKontorError(thrown) || thrown.failureType !== 'config') throw thrown
    const problem: Problem = {
      level: 'error',
      message: thrown.message,
      code: thrown.code,
      ...(thrown.key === undefined ? {} : { key: thrown.key }),
    }
    return { account, problems: [problem] }
  }
}

type Asked = Pick<Clients, 'sellers' | 'orders' | 'listings' | 'finances'>

/** An order and a SKU that nobody has: the answer only tells whether one may ask. */
const nobody = { order: '000-0000000-0000000', sku: 'kontor-check' }
const hour = 3_600_000
const day = 24 * hour

/**
 * Each role by a call that costs next to nothing of its plan. Without orders nothing works; the rest is a warning to those who use it. No call takes
 * the seller id but those of listings and feeds, and none says whose token it was made with but the transactions.
 */
async function roleProblems(
  { orders, listings, finances }: Asked,
  config: AmazonConfig,
  now: number,
  signal: AbortSignal,
): Promise<Problem[]> {
  const past = { postedAfter: toInstant(now - 30 * day), postedBefore: toInstant(now - hour) }
  const sellers: string[] = []
  const order = await probe('error', () => orders.get(nobody.order, ['FULFILLMENT'], signal))
  const listing = await probe('warning', () => listings.find([nobody.sku], marketplaces[homeOf(config)].id, signal))
  const finance = await probe('warning', async () => {
    sellers.push(...sellersOf((await finances.transactions(past, signal)).transactions ?? []))
  })
  const stranger = sellers.length > 0 && !sellers.includes(config.sellerId) ? sellers[0] : undefined
  if (stranger !== undefined) return [...order, otherSeller(stranger, config), ...finance]
  const isKnown = sellers.length > 0
  return [...order, ...(isKnown ? listing : listing.map((each) => orOtherSeller(each, config))), ...finance]
}

/** What a refusal says; nothing where the call was allowed. */
async function probe(level: Problem['level'], call: () => Promise<unknown>): Promise<Problem[]> {
  try {
    await call()
    return []
  } catch (thrown) {
    if (!isKontorError(thrown)) throw thrown
    // What is not there, or not of its form, was at least allowed to be asked for; and a fault of the moment says nothing of roles.
    if (thrown.failureType !== 'config') return []
    return [{ level, message: thrown.message, code: thrown.code, key: thrown.key ?? 'credentials' }]
  }
}

/** Whose transactions these are. */
const sellersOf = (transactions: readonly unknown[]): string[] =>
  transactions.flatMap((raw) => TransactionSeller.safeParse(raw).data?.sellingPartnerMetadata.sellingPartnerId ?? [])

const otherSeller = (seller: string, { sellerId }: AmazonConfig): Problem => ({
  level: 'error',
  code: 'CONFIG_INVALID',
  message: `The refresh token is of the seller ${seller}, and config.sellerId says ${sellerId}. Correct config.sellerId, or use the token of that account: until then stock, prices, refunds and cancellations are refused or go nowhere.`,
  key: 'config.sellerId',
})

/** A seller id of another account is refused like a role that is missing, and an account without transactions does not tell whose it is. */
const orOtherSeller = (problem: Problem, { sellerId }: AmazonConfig): Problem =>
  problem.code === 'AUTH_PERMISSION_MISSING'
    ? {
        ...problem,
        message: `${problem.message} Or the refresh token is not of the seller ${sellerId} (config.sellerId): compare it with the merchant token in Seller Central, Settings, Account info.`,
      }
    : problem

/** Whether the queue can be listened to. It is a convenience: what is wrong with it stops nothing. */
async function queueState(
  { orderChangeQueue }: AmazonConfig,
  queue: QueueClient | undefined,
  signal: AbortSignal,
): Promise<{ problems: Problem[]; facts: Record<string, string> }> {
  if (orderChangeQueue === undefined) return { problems: [], facts: {} }
  const wrong = (message: string, key: string) => ({ problems: [{ level: 'info' as const, message, key }], facts: {} })
  if (queue === undefined)
    return wrong(
      'The queue of changes of orders is not listened to: credentials.awsAccessKeyId and credentials.awsSecretAccessKey are missing. Orders are read at their usual time.',
      'credentials.awsAccessKeyId',
    )
  try {
    return { problems: [], facts: { orderChanges: `${await queue.waiting(signal)} waiting in the queue` } }
  } catch (thrown) {
    if (!isKontorError(thrown) || thrown.code === 'ABORTED') throw thrown
    return wrong(`${thrown.message} Orders are read at their usual time.`, thrown.key ?? 'config.orderChangeQueue')
  }
}

const participating = (rows: readonly Participation[]): string[] =>
  rows.flatMap(({ marketplace, participation }) =>
    participation.isParticipating ? (countryOf(marketplace.id) ?? []) : [],
  )

function participationProblems(rows: readonly Participation[], config: AmazonConfig): Problem[] {
  const here = new Set(participating(rows))
  const names = [...here].join(', ')
  if (here.size === 0)
    return [
      {
        level: 'error',
        code: 'AUTH_PERMISSION_MISSING',
        message:
          'The account takes part in no marketplace of Amazon. It may be dormant, or have no Professional selling plan: sign in to Seller Central and look at Settings, Account info.',
        key: 'credentials',
      },
    ]
  const missing = (config.marketplaces ?? []).filter((code) => !here.has(code))
  const elsewhere = missing.filter((code) => marketplaces[code].region !== config.region)
  const suspended = rows.flatMap(({ marketplace, participation }) =>
    participation.isParticipating && participation.hasSuspendedListings ? (countryOf(marketplace.id) ?? []) : [],
  )
  return [
    ...(missing.length > 0
      ? [
          {
            level: 'error' as const,
            message: `The account does not take part in ${missing.join(', ')}${elsewhere.length > 0 ? ` (${elsewhere.join(', ')}: another region than ${config.region})` : ''}. Correct config.marketplaces; it takes part in ${names}.`,
            code: 'CONFIG_INVALID' as const,
            key: 'config.marketplaces',
          },
        ]
      : []),
    ...(suspended.length > 0
      ? [
          {
            level: 'warning' as const,
            message: `Amazon has suspended listings in ${suspended.join(', ')}: they are not sold, and stock and prices sent for them have no effect. Look at Account health in Seller Central.`,
          },
        ]
      : []),
  ]
}

const dateProblems = (config: AmazonConfig): Problem[] => [
  ...(config.authorizedOn === undefined
    ? [
        {
          level: 'info' as const,
          message:
            'The day of the authorization is not given: its year is counted from its first use here, and the warning may come late. Write it into config.authorizedOn.',
          key: 'config.authorizedOn',
        },
      ]
    : []),
  ...(config.secretCreatedOn === undefined
    ? [
        {
          level: 'info' as const,
          message:
            'The day the client secret was created is not given: its 180 days are counted from its first use here, and the warning may come late. Write it into config.secretCreatedOn.',
          key: 'config.secretCreatedOn',
        },
      ]
    : []),
]

const personalWords: Readonly<Record<Personal, Problem | undefined>> = {
  present: undefined,
  absent: {
    level: 'warning',
    message: `Orders to ship came without addresses: the app lacks the role "${roles.recipient}". Add it, then authorize the app again.`,
    key: 'credentials',
  },
  refused: {
    level: 'warning',
    message: `Amazon refuses buyers and addresses, so orders are read without them: the app lacks the role "${roles.recipient}". Add it, then authorize the app again; it is tried again within a day.`,
    key: 'credentials',
  },
}
const personalProblems = (state: Personal | undefined): Problem[] => {
  const problem = state === undefined ? undefined : personalWords[state]
  return problem ? [problem] : []
}
