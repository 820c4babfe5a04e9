import { getEventListeners } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import type { KontorError, Look } from '@kontor/core'
import { checkAgainstJsonSchema, NO_SPECS, specsFolder } from '@kontor/testkit/simulator'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, OTHER_SELLER_ID, REFRESH_TOKEN } from '../src/simulator/index.ts'
import { openShop } from './shop.ts'

const signal = AbortSignal.timeout(60_000)
const Made = z.object({ id: z.string() })
type Shop = Awaited<ReturnType<typeof openShop>>

/** Amazon with a queue, in real time. */
const openQueue = (settings: Parameters<typeof openShop>[0] = {}) =>
  openShop({ queue: true, clock: { rate: 1 }, ...settings, options: { orders: 0, ...settings.options } })

const hintsOf = ({ connection }: Shop) => {
  if (connection.hints === undefined) throw new Error('it has no hints')
  return connection.hints
}
const setUp = async ({ connection }: Shop) => (await connection.ensure?.({ signal })) ?? []
const placed = ({ shop }: Shop, given: object = {}): string => Made.parse(shop.act('place-order', given)).id
const asked = ({ shop }: Shop, path: string): number => shop.exchanges.all.filter((each) => each.path === path).length

const acknowledgements = ({ shop }: Shop): number =>
  shop.exchanges.all.filter((each) => each.requestHeaders['x-amz-target'] === 'AmazonSQS.DeleteMessageBatch').length

/** Begins to listen; `stop` ends it. */
async function begin(open: Shop) {
  const end = new AbortController()
  const heard = hintsOf(open).listen(AbortSignal.any([signal, end.signal]))
  const news = heard[Symbol.asyncIterator]()
  return {
    news,
    stop: async () => {
      end.abort()
      await news.return?.().catch(() => undefined)
    },
  }
}

/** The ids of the first hints, until there are so many different ones; each is noted at once, and acknowledged. */
async function hear(open: Shop, count: number): Promise<string[]> {
  const end = new AbortController()
  const ids: string[] = []
  const before = acknowledgements(open)
  const heard = hintsOf(open).listen(AbortSignal.any([signal, end.signal]))
  const news = heard[Symbol.asyncIterator]()
  let batches = 0
  while (new Set(ids).size < count) {
    const { value = [] } = await news.next()
    batches += value.length > 0 ? 1 : 0
    ids.push(...value.map(({ ref }: Look) => ref.id))
  }
  const next = news.next().catch((thrown: unknown) => thrown)
  await vi.waitUntil(() => acknowledgements(open) - before >= batches, { timeout: 5_000 })
  end.abort()
  await next
  return ids
}

describe('setting up', () => {
  it('makes the queue a destination and subscribes, once; what is there stays as it is', async () => {
    await using open = await openQueue()
    expect(await setUp(open)).toEqual([])
    const { destinations, subscriptions } = open.shop.world
    expect([...destinations.values()]).toMatchObject([{ arn: 'arn:aws:sqs:eu-west-1:123456789012:order-changes' }])
    expect([...subscriptions.values()]).toMatchObject([
      { changes: ['OrderStatusChange', 'BuyerRequestedChange'], marketplaceIds: [] },
    ])
    const calls = open.shop.exchanges.total
    expect(await setUp(open)).toEqual([])
    expect(open.shop.exchanges.total).toBe(calls)
    // Forgotten, as after a day: looked at, and nothing made anew.
    await open.shop.clock.advance(2 * 86_400_000)
    expect(await setUp(open)).toEqual([])
    expect([destinations.size, subscriptions.size]).toEqual([1, 1])
    expect(open.shop.exchanges.all.filter(({ status }) => (status ?? 0) >= 400 && status !== 404)).toEqual([])
  })

  it('leaves the subscription of another program alone, and says what it found', async () => {
    await using open = await openQueue()
    await setUp(open)
    const [[seller = '', own] = []] = open.shop.world.subscriptions
    if (own) open.shop.world.subscriptions.set(seller, { ...own, destinationId: 'elsewhere' })
    await open.shop.clock.advance(2 * 86_400_000)
    expect(await setUp(open)).toMatchObject([{ level: 'warning', message: expect.stringContaining('another queue') }])
    expect(open.shop.world.subscriptions.get(seller)?.destinationId).toBe('elsewhere')
  })

  it('that Amazon refuses names the way by hand', async () => {
    await using open = await openQueue({ options: { grantless: false } })
    expect(await setUp(open)).toMatchObject([
      { level: 'warning', key: 'config.orderChangeQueue', message: expect.stringContaining('by hand') },
    ])
  })
})

describe('a queue of changed orders', () => {
  it('names each order that changes, at once; and each message is acknowledged once it is noted', async () => {
    await using open = await openQueue()
    await setUp(open)
    const heard = hear(open, 3)
    const ids = [placed(open), placed(open, { status: 'PENDING' })]
    await pause(100)
    const cancelled = placed(open)
    open.shop.act('request-cancellation', { id: cancelled })
    expect(new Set(await heard)).toEqual(new Set([...ids, cancelled]))
    expect(open.shop.world.queue.messages).toEqual([])
    expect([open.shop.unknownRoutes, open.shop.failures]).toEqual([[], []])
  })

  it('that tells twice and in another order names each order once', async () => {
    await using open = await openQueue({ options: { disorderedQueue: true } })
    await setUp(open)
    const ids = Array.from({ length: 12 }, () => placed(open))
    const heard = await hear(open, 12)
    expect(heard.toSorted()).toEqual(ids.toSorted())
    expect(open.shop.world.queue.messages).toEqual([])
  })

  it('keeps what was not noted: it comes again', async () => {
    await using open = await openQueue()
    await setUp(open)
    const id = placed(open)
    for await (const looks of hintsOf(open).listen(signal)) {
      expect(looks).toMatchObject([{ ref: { entity: 'orders', id } }])
      // The process ends here, before anything is stored.
      break
    }
    expect(open.shop.world.queue.messages).toHaveLength(1)
    await open.shop.clock.advance(61_000)
    expect(await hear(open, 1)).toEqual([id])
  })

  it('leaves what is not for this seller, and names no order of a marketplace that is not read', async () => {
    await using open = await openQueue({ config: { marketplaces: ['DE'], fba: 'skip' } })
    await setUp(open)
    const { queue, subscriptions } = open.shop.world
    const [[, own] = []] = subscriptions
    if (own) {
      subscriptions.set(OTHER_SELLER_ID, { ...own, marketplaceIds: [] })
      subscriptions.set('A1EXAMPLESELLER', { ...own, marketplaceIds: [] })
    }
    placed(open, { sellerId: OTHER_SELLER_ID })
    placed(open, { marketplaceId: 'A13V1IB3VIYZZH' })
    placed(open, { fulfilledBy: 'AMAZON' })
    queue.messages.push({ id: 'other', body: 'Hello', visibleAt: 0, receipt: undefined })
    const id = placed(open, { marketplaceId: 'A1PA6795UKMFR9' })
    expect(await hear(open, 1)).toEqual([id])
    expect(queue.messages.map(({ body }) => body.slice(0, 5))).toEqual(['{"Not', 'Hello'])
  })

  it.each([
    ['denied', 'AUTH_PERMISSION_MISSING', 'credentials.awsAccessKeyId', 'sqs:ReceiveMessage'],
    ['gone', 'ENDPOINT_MISMATCH', 'config.orderChangeQueue', 'no such queue'],
  ] as const)('that is %s is named with what to do, and stops no reading', async (state, code, key, words) => {
    await using open = await openQueue({ options: { orders: 5 } })
    open.shop.act('set-queue', { state })
    const error = await hear(open, 1).catch((thrown: unknown) => thrown as KontorError)
    expect(error).toMatchObject({ code, key, message: expect.stringContaining(words) })
    const { problems } = await open.connection.check(signal)
    expect(problems.filter((problem) => problem.key === key)).toMatchObject([
      { level: 'info', message: expect.stringContaining(words) },
    ])
    expect(problems.filter(({ level }) => level === 'error')).toEqual([])
  })

  it('that does not know the key says so, and shows neither key nor secret', async () => {
    const secret = 'quiteAnotherSecret/000000000000000000'
    await using open = await openQueue({ credentials: { awsSecretAccessKey: secret } })
    const error = await hear(open, 1).catch((thrown: unknown) => thrown as KontorError)
    expect(error).toMatchObject({ code: 'AUTH_INVALID', key: 'credentials.awsSecretAccessKey' })
    expect(JSON.stringify(error)).not.toMatch(new RegExp(`${secret}|${AWS_ACCESS_KEY_ID}`))
  })

  it('without credentials is not listened to, and check says why', async () => {
    await using open = await openQueue({ credentials: { awsAccessKeyId: undefined } })
    expect(open.connection.hints).toBeUndefined()
    expect((await open.connection.check(signal)).problems).toContainEqual(
      expect.objectContaining({ level: 'info', key: 'credentials.awsAccessKeyId' }),
    )
  })

  it('is told by check with how much waits in it', async () => {
    await using open = await openQueue()
    await setUp(open)
    placed(open)
    expect((await open.connection.check(signal)).facts).toMatchObject({ orderChanges: '1 waiting in the queue' })
  })

  it('is left within a second of being told so, and waits for news without asking again and again', async () => {
    await using open = await openQueue()
    const end = new AbortController()
    const left = (async () => {
      for await (const _ of hintsOf(open).listen(end.signal)) continue
    })().catch((thrown: unknown) => thrown)
    await pause(1_500)
    expect([asked(open, '/'), open.shop.inFlight]).toEqual([0, 1])
    const at = performance.now()
    end.abort()
    expect(await left).toMatchObject({ code: 'ABORTED' })
    expect(performance.now() - at).toBeLessThan(1_000)
  })

  it('is spoken to with its own signature alone: no token of the seller goes there, and no AWS secret anywhere', async () => {
    await using open = await openQueue()
    await setUp(open)
    placed(open)
    await hear(open, 1)
    await open.connection.check(signal)
    const all = open.shop.exchanges.all
    const queue = all.filter(({ path }) => path === '/')
    expect(queue.length).toBeGreaterThan(2)
    for (const { requestHeaders } of queue) expect(Object.keys(requestHeaders)).not.toContain('x-amz-access-token')
    const rest = all.filter(({ path }) => path !== '/')
    expect(JSON.stringify(rest.map((each) => [each.requestHeaders, String(each.requestBody)]))).not.toContain('AWS4')
    expect(
      JSON.stringify(all.map((each) => [each.requestHeaders, String(each.requestBody), each.query])),
    ).not.toContain(AWS_SECRET_ACCESS_KEY)
  })
})

describe('listening, whatever the queue answers', () => {
  const echo = JSON.stringify({
    __type: 'x#Odd',
    message: `${AWS_SECRET_ACCESS_KEY} ${REFRESH_TOKEN} erika@example.com`,
  })
  const json = { 'content-type': 'application/x-amz-json-1.0' }
  const answer = (status: number) => ({ do: 'status', status, body: echo, headers: json }) as const

  it.each([
    answer(200),
    answer(400),
    answer(403),
    answer(404),
    { do: 'html', status: 200, body: `<html>${echo}</html>` },
    { do: 'html', status: 403, body: `<html>${echo}</html>` },
    { do: 'status', status: 307, headers: { location: 'http://127.0.0.1:1/queue' }, body: echo },
  ] as const)('shows no secret and nobody, and goes nowhere else: $do $status', async (fault) => {
    await using open = await openQueue({ faults: [{ ...fault, match: { path: '/', times: 4 } }] })
    const { news, stop } = await begin(open)
    const thrown = await Promise.race([news.next().catch((error: unknown) => error), pause(300)])
    await stop()
    const shown = JSON.stringify([thrown, String(thrown)])
    for (const secret of [AWS_SECRET_ACCESS_KEY, AWS_ACCESS_KEY_ID, REFRESH_TOKEN, 'erika'])
      expect(shown).not.toContain(secret)
    expect(open.shop.exchanges.all.length).toBeGreaterThan(0)
  })

  it('leaves no timer and no listener behind when it is stopped', async () => {
    await using open = await openQueue()
    const timers = (): number => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length
    const before = timers()
    const end = new AbortController()
    const news = hintsOf(open).listen(end.signal)[Symbol.asyncIterator]()
    const next = news.next().catch((thrown: unknown) => thrown)
    await vi.waitUntil(() => open.shop.inFlight === 1)
    end.abort()
    await next
    // The simulator's own wait for a message ends by its clock.
    await open.shop.clock.advance(21_000)
    await vi.waitUntil(() => timers() <= before, { timeout: 2_000 })
    expect(getEventListeners(end.signal, 'abort')).toEqual([])
  })
})

const specs = specsFolder()
it.skipIf(specs === undefined)(
  `what the simulator tells is an ORDER_CHANGE of the schema (skipped where ${NO_SPECS})`,
  async () => {
    await using open = await openQueue()
    await setUp(open)
    for (const given of [{}, { status: 'PENDING' }, { fulfilledBy: 'AMAZON' }]) placed(open, given)
    open.shop.act('request-cancellation', { id: placed(open) })
    for (const { body } of open.shop.world.queue.messages)
      expect(
        checkAgainstJsonSchema({ schema: `${specs}/amazon/OrderChangeNotification.json`, value: JSON.parse(body) }),
      ).toEqual([])
  },
)
