import type { Answer } from '@kontor/testkit/simulator'
import { z } from 'zod'
import { callerOf } from '../access.ts'
import { failure, numericInput } from '../answers.ts'
import { contentOf, newDocument, presign, storeResult } from '../documents.ts'
import { marketplacesOf } from '../marketplaces.ts'
import { listIn } from '../orders/query.ts'
import { iso, nextId, type AmazonCall, type Feed } from '../world.ts'
import { workListingsFeed } from './listings-feed.ts'
import { isXmlFeed, workXmlFeed } from './xml-feed.ts'

/** Taken, and FATAL whatever they hold: switched off on 2025-07-31. */
const DEAD =
  /^POST_(FLAT_FILE_)?(PRODUCT|INVENTORY_AVAILABILITY|PRODUCT_PRICING|PRODUCT_RELATIONSHIP|PRODUCT_IMAGE|LISTINGS|INVLOADER|PRICEANDQUANTITYONLY_UPDATE)_DATA$/

const NewDocument = z.object({ contentType: z.string().min(1) })
const NewFeed = z.object({
  feedType: z.string(),
  marketplaceIds: z.array(z.string()).min(1).max(25),
  inputFeedDocumentId: z.string(),
  feedOptions: z.record(z.string(), z.string()).optional(),
})

const numeric404 = (what: string): Answer => failure(404, '404', `${what} not found`)

function read<Schema extends z.ZodType>(call: AmazonCall, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(call.json())
  return parsed.success ? parsed.data : numericInput(`Invalid ${parsed.error.issues[0]?.path.join('.') ?? 'body'}`)
}

export function createFeedDocument(call: AmazonCall): Answer {
  const { contentType } = read(call, NewDocument)
  const { id } = newDocument(call, contentType)
  return { status: 201, json: { feedDocumentId: id, url: presign(call, id, 'PUT') } }
}

export function getFeedDocument(call: AmazonCall, id: string): Answer {
  const document = call.world.documents.get(id)
  if (document === undefined) return numeric404('Document')
  return {
    json: {
      feedDocumentId: id,
      url: presign(call, id, 'GET'),
      ...(document.gzip ? { compressionAlgorithm: 'GZIP' } : {}),
    },
  }
}

/** Each call is a feed of its own, with the effects of its own: nothing keeps the same document from being sent twice. */
export function createFeed(call: AmazonCall): Answer {
  const { world, clock, options } = call
  const { feedType, marketplaceIds, inputFeedDocumentId } = read(call, NewFeed)
  if (feedType !== 'JSON_LISTINGS_FEED' && !isXmlFeed(feedType) && !DEAD.test(feedType))
    numericInput('Invalid feedType')
  const own = marketplacesOf(options.region).map(({ id }) => id)
  if (marketplaceIds.some((id) => !own.includes(id))) numericInput('Invalid marketplaceIds')
  if (world.documents.get(inputFeedDocumentId)?.bytes === undefined) numericInput('Invalid inputFeedDocumentId')
  const feed: Feed = {
    id: String(50_000_000_000 + nextId(world)),
    sellerId: callerOf(call).sellerId,
    type: feedType,
    marketplaceIds,
    inputDocumentId: inputFeedDocumentId,
    created: clock.now(),
    started: undefined,
    ended: undefined,
    status: 'IN_QUEUE',
    resultDocumentId: undefined,
  }
  world.feeds.set(feed.id, feed)
  call.truth.add('feed', feed.id, { type: feedType })
  clock.after(options.feedQueue, () => {
    if (feed.status !== 'IN_QUEUE') return
    feed.status = 'IN_PROGRESS'
    feed.started = clock.now()
    if (options.feedEnd !== 'stuck') clock.after(options.feedWork, () => finish(call, feed))
  })
  return { status: 202, json: { feedId: feed.id } }
}

function finish(call: AmazonCall, feed: Feed): void {
  const { world, clock, options } = call
  feed.ended = clock.now()
  feed.status = DEAD.test(feed.type) || options.feedEnd === 'stuck' ? 'FATAL' : options.feedEnd
  const content = contentOf(world, feed.inputDocumentId)?.toString('utf8') ?? ''
  if (feed.status === 'CANCELLED' || DEAD.test(feed.type)) return
  // A feed that ends FATAL may have done a part of it, and has no report.
  const most = feed.status === 'FATAL' ? Math.floor(sizeOf(content) / 2) : Number.POSITIVE_INFINITY
  const xml = isXmlFeed(feed.type)
  const report = xml
    ? workXmlFeed(call, feed, content, most)
    : JSON.stringify(workListingsFeed(call, feed, content, most))
  if (feed.status === 'FATAL') return
  const type = xml ? 'text/xml; charset=UTF-8' : 'application/json; charset=UTF-8'
  feed.resultDocumentId = storeResult(call, type, Buffer.from(report)).id
}

const sizeOf = (content: string): number => content.split(/"messageId"|<Message>/).length - 1

export function getFeed(call: AmazonCall, id: string): Answer {
  const feed = ownFeed(call, id)
  return feed === undefined ? numeric404('Feed') : { json: feedJson(feed) }
}

/** Only what waits in the queue can be called off. */
export function cancelFeed(call: AmazonCall, id: string): Answer {
  const feed = ownFeed(call, id)
  if (feed === undefined) return numeric404('Feed')
  if (feed.status !== 'IN_QUEUE') numericInput('The feed is not in the queue any more')
  feed.status = 'CANCELLED'
  feed.ended = call.clock.now()
  return { status: 200 }
}

/** Newest first. `nextToken` must be the only parameter. */
export function getFeeds(call: AmazonCall): Answer {
  const { query, world, clock, random } = call
  const token = query.get('nextToken')
  const kept = token === null ? undefined : world.offsets.get(token)
  if (token !== null && (kept === undefined || [...query.keys()].length > 1)) numericInput('Invalid nextToken')
  const asked = kept === undefined ? query : new URLSearchParams(kept.parameters)
  const types = listIn(asked, 'feedTypes')
  if (types === undefined) numericInput('Invalid feedTypes')
  const states = listIn(asked, 'processingStatuses')
  const since = Date.parse(asked.get('createdSince') ?? '') || 0
  const until = Date.parse(asked.get('createdUntil') ?? '') || Number.POSITIVE_INFINITY
  const size = Number(asked.get('pageSize') ?? 10)
  const { sellerId } = callerOf(call)
  const found = [...world.feeds.values()]
    .toReversed()
    .filter(
      (feed) =>
        feed.sellerId === sellerId &&
        (types ?? []).includes(feed.type) &&
        (states === undefined || states.includes(feed.status)) &&
        feed.created >= since &&
        feed.created <= until,
    )
  const start = kept?.offset ?? 0
  const more = start + size < found.length
  const next = random.hex(32)
  if (more) world.offsets.set(next, { expiresAt: clock.now(), parameters: asked.toString(), offset: start + size })
  return {
    json: { feeds: found.slice(start, start + size).map(feedJson), ...(more ? { nextToken: next } : {}) },
  }
}

function ownFeed(call: AmazonCall, id: string): Feed | undefined {
  const feed = call.world.feeds.get(id)
  return feed?.sellerId === callerOf(call).sellerId ? feed : undefined
}

const feedJson = (feed: Feed): Record<string, unknown> => ({
  feedId: feed.id,
  feedType: feed.type,
  marketplaceIds: feed.marketplaceIds,
  createdTime: iso(feed.created),
  processingStatus: feed.status,
  ...(feed.started === undefined ? {} : { processingStartTime: iso(feed.started) }),
  ...(feed.ended === undefined ? {} : { processingEndTime: iso(feed.ended) }),
  ...(feed.resultDocumentId === undefined ? {} : { resultFeedDocumentId: feed.resultDocumentId }),
})
