import { isDeepStrictEqual } from 'node:util'
import { isKontorError, type ErrorCode } from '@kontor/core'
import { connect } from '@kontor/core/host'
import { NO_SPECS, specsFolder } from '@kontor/testkit/simulator'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Requests } from '../src/client/requests.ts'
import { amazon } from '../src/index.ts'
import { limits, type Bucket } from '../src/limits.ts'
import { toOrder } from '../src/mapping/index.ts'
import { understand } from '../src/readers/understand.ts'
import {
  CLIENT_ID,
  CLIENT_SECRET,
  loadSandboxCases,
  REFRESH_TOKEN,
  sandboxSimulator,
  SELLER_ID,
  type SandboxCase,
} from '../src/simulator/index.ts'
import {
  Destinations,
  DocumentAddress,
  Feed,
  FeedList,
  ListingsFound,
  ListingSubmission,
  NewDestination,
  NewDocument,
  NewFeed,
  NewReport,
  Participations,
  Report,
  SearchOrders,
  Subscription,
  Transactions,
  WireListing,
  WireOrder,
} from '../src/wire/index.ts'

const specs = specsFolder()

/** How the plugin reads an answer; of operations it does not call (restricted tokens, lists of reports) it tells failures alone. */
const schemas: Partial<Record<Bucket, z.ZodType>> = {
  searchOrders: SearchOrders,
  getOrder: z.object({ order: z.unknown() }),
  getMarketplaceParticipations: Participations,
  createFeedDocument: NewDocument,
  createFeed: NewFeed,
  getFeed: Feed,
  getFeeds: FeedList,
  getFeedDocument: DocumentAddress,
  createReport: NewReport,
  getReport: Report,
  getReportDocument: DocumentAddress,
  listTransactions: Transactions,
  patchListingsItem: ListingSubmission,
  getListingsItem: WireListing,
  searchListingsItems: ListingsFound,
  getDestinations: Destinations,
  createDestination: NewDestination,
  getSubscription: Subscription,
  createSubscription: Subscription,
}

/** What a refusal becomes. */
const refusals: Readonly<Record<number, ErrorCode>> = {
  400: 'REQUEST_REJECTED',
  403: 'AUTH_PERMISSION_MISSING',
  409: 'CONFLICT',
  429: 'RATE_LIMITED',
  500: 'UPSTREAM_UNAVAILABLE',
  503: 'UPSTREAM_UNAVAILABLE',
}

const isBucket = (name: string): name is Bucket => name in limits

/** The sandbox, and the plugin's own way to it. Time stands still until it is moved. */
async function openSandbox(folder: string) {
  const sandbox = await sandboxSimulator(folder).start({ clock: { rate: 'manual' } })
  const found: { requests?: Requests } = {}
  const connection = await connect(
    {
      ...amazon,
      create: (needs) => {
        found.requests = new Requests(needs.http, needs.clock)
        return amazon.create(needs)
      },
    },
    {
      config: { region: 'eu', sellerId: SELLER_ID, baseUrl: sandbox.url },
      credentials: { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, refreshToken: REFRESH_TOKEN },
      clock: sandbox.clock,
      random: () => 0.5,
    },
  )
  if (found.requests === undefined) throw new Error('the plugin was not created')
  return {
    sandbox,
    requests: found.requests,
    async [Symbol.asyncDispose]() {
      await connection[Symbol.asyncDispose]()
      await sandbox.close()
    },
  }
}

const Value = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])

/** The case asked for as the plugin asks: its path, its query, its body, its headers. */
async function ask(requests: Requests, one: SandboxCase, operation: Bucket): Promise<unknown> {
  const { parameters, places, method, path } = one
  const query = Object.entries(parameters).flatMap(([name, value]) =>
    places[name] === 'query' && value !== undefined ? [[name, Value.parse(value)] as const] : [],
  )
  const bodyName = Object.keys(parameters).find((name) => name === 'body' || places[name] === 'body')
  const body = bodyName === undefined ? undefined : parameters[bodyName]
  const { body: answer } = await requests.send({
    operation,
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).parse(method),
    path: path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(z.coerce.string().parse(parameters[name] ?? 'anything')),
    ),
    query: Object.fromEntries(query),
    schema: schemas[operation] ?? z.unknown(),
    doing: `ask the sandbox for ${operation}`,
    signal: AbortSignal.timeout(60_000),
    ...(body === undefined ? {} : { json: body }),
    ...(one.status === 204 ? { as: 'none' as const } : {}),
  })
  return answer
}

const ordersOf = (operation: Bucket, answer: unknown): readonly unknown[] => {
  if (operation === 'searchOrders') return SearchOrders.parse(answer).orders
  return operation === 'getOrder' ? [z.object({ order: z.unknown() }).parse(answer).order] : []
}

/** Whether every value that was kept is Amazon's own, at its place. Numbers come as the text they were; what Amazon left out may be missing. */
function isKept(parsed: unknown, told: unknown): boolean {
  if (Array.isArray(parsed))
    return Array.isArray(told) && parsed.length === told.length && parsed.every((each, at) => isKept(each, told[at]))
  const [own, theirs] = [Fields.safeParse(parsed), Fields.safeParse(told)]
  if (own.success)
    return (
      theirs.success &&
      Object.entries(own.data).every(([name, value]) =>
        Object.hasOwn(theirs.data, name) ? isKept(value, theirs.data[name]) : value === undefined || value === null,
      )
    )
  return parsed === told || (typeof told === 'number' && parsed === String(told))
}
const Fields = z.record(z.string(), z.unknown())

/** What becomes of a case: `parsed`, an error's code, or what went wrong with what is in it. `seen` is shown what was parsed. */
async function outcomeOf(
  requests: Requests,
  one: SandboxCase,
  operation: Bucket,
  seen: (parsed: unknown) => void = () => undefined,
): Promise<string> {
  try {
    const answer = await ask(requests, one, operation)
    seen(answer)
    if (one.status !== 204 && !isKept(answer, one.response)) return 'parsed into something Amazon did not say'
    const rows = ordersOf(operation, answer).map((raw) => understand(WireOrder, 'orders', raw, undefined, toOrder))
    return rows.flatMap((row) => ('rejection' in row ? [row.rejection.error.message] : [])).join('; ') || 'parsed'
  } catch (thrown) {
    return isKontorError(thrown) ? thrown.code : String(thrown)
  }
}

describe.skipIf(specs === undefined)(`Amazon's own cases (skipped where ${NO_SPECS})`, () => {
  /** Asks for each of them, two minutes apart: nothing waits for the limits of the one before. */
  async function run(cases: readonly SandboxCase[], operationOf: (one: SandboxCase) => Bucket): Promise<string[]> {
    await using world = await openSandbox(`${specs}/amazon`)
    const { sandbox, requests } = world
    const wrong: string[] = []
    for (const one of cases) {
      await sandbox.clock.advance(120_000)
      const outcome = await sandbox.drive(outcomeOf(requests, one, operationOf(one)))
      const byItself = isDeepStrictEqual(sandbox.world.answered.at(-1), one)
      if (outcome !== (one.status < 300 ? 'parsed' : refusals[one.status]) || !byItself)
        wrong.push(`${one.operation} ${one.status} ${JSON.stringify(one.parameters)}: ${outcome}`)
    }
    return wrong
  }

  it('of the operations in use are parsed, or become the right error', { timeout: 60_000 }, async () => {
    // getOrder has two versions; the old one is never called.
    const cases = loadSandboxCases(`${specs}/amazon`).filter(
      ({ operation, path }) => isBucket(operation) && path !== '/orders/v0/orders/{orderId}',
    )
    expect(cases).toHaveLength(48)
    expect(await run(cases, ({ operation }) => (isBucket(operation) ? operation : 'getReport'))).toEqual([])
  })

  it.each<[Bucket, unknown]>([
    ['createReport', { reportId: 'ID323' }],
    ['getReport', { reportId: 'ReportId1', processingStatus: 'IN_PROGRESS' }],
    [
      'getReportDocument',
      { url: 'https://d34o8swod1owfl.cloudfront.net/Report_47700__GET_MERCHANT_LISTINGS_ALL_DATA_.txt' },
    ],
    [
      'listTransactions',
      {
        payload: {
          nextToken: 'Next token value',
          transactions: [
            {
              sellingPartnerMetadata: {
                sellingPartnerId: 'A3TH9S8BH6GOGM',
                accountType: 'PAYABLE',
                marketplaceId: 'ATIV93840DER',
              },
              relatedIdentifiers: [
                {
                  relatedIdentifierName: 'FINANCIAL_EVENT_GROUP_ID',
                  relatedIdentifierValue: '4MVaHcsAfaYAlwlaPWrXJxrfUiKfYZ2ooWtY7528FUA',
                },
                { relatedIdentifierName: 'ORDER_ID', relatedIdentifierValue: '8129762527551' },
              ],
              transactionType: 'Shipment',
              postedDate: '2020-07-14T03:35:13.214Z',
              totalAmount: { currencyAmount: '10', currencyCode: 'USD' },
            },
          ],
        },
      },
    ],
  ])('of %s are read as exactly this', async (operation, expected) => {
    await using world = await openSandbox(`${specs}/amazon`)
    const [one, more] = loadSandboxCases(`${specs}/amazon`).filter(
      (each) => each.operation === operation && each.status < 300,
    )
    if (one === undefined || more !== undefined) throw new RangeError('there is one such case')
    let parsed: unknown
    expect(await world.sandbox.drive(outcomeOf(world.requests, one, operation, (told) => void (parsed = told)))).toBe(
      'parsed',
    )
    expect(parsed).toEqual(expected)
  })

  it('of refusals and outages, which another API has, become the right errors', { timeout: 60_000 }, async () => {
    const cases = loadSandboxCases(`${specs}/amazon`).filter(
      ({ operation, status }) => operation === 'listReturns' && status >= 400,
    )
    expect(cases.map(({ status }) => status)).toEqual([400, 403, 409, 429, 500, 503])
    expect(await run(cases, () => 'getReport')).toEqual([])
  })
})
