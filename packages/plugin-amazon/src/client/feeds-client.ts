import type { Call, Delivery } from '@kontor/core'
import { DocumentAddress, Feed, FeedList, NewDocument, NewFeed } from '../wire/index.ts'
import { fetchDocument } from './documents.ts'
import type { Requests } from './requests.ts'

export interface NewFeedOf {
  feedType: string
  marketplaceIds: readonly string[]
  content: string
  contentType: string
  /** `once`: what a feed does is done again by a second one (refunds). */
  effect: Extract<Call['effect'], 'repeatable' | 'once'>
}

/** Feeds API 2021-06-30: a document, its upload, the feed, and what became of it. */
export class FeedsClient {
  readonly #requests: Requests

  constructor(requests: Requests) {
    this.#requests = requests
  }

  /** Hands a feed in. Until the last call nothing has an effect, so *begun* is noted there. Answers the id of the feed. */
  async submit(feed: NewFeedOf, deliveries: readonly Pick<Delivery, 'key'>[], signal: AbortSignal): Promise<string> {
    const root = '/feeds/2021-06-30'
    const { body: document } = await this.#requests.send({
      operation: 'createFeedDocument',
      method: 'POST',
      path: `${root}/documents`,
      json: { contentType: feed.contentType },
      schema: NewDocument,
      doing: 'open a document for a feed',
      signal,
    })
    // Within five minutes, with the same content type, without our token, and not packed: Amazon takes no gzip here (models#4907, 2026-05-18).
    const data = new TextEncoder().encode(feed.content)
    await this.#requests.http.upload(document.url, { data, type: feed.contentType, signal })
    const { body } = await this.#requests.send({
      operation: 'createFeed',
      ...(feed.feedType === 'JSON_LISTINGS_FEED' ? { also: 'listingsFeeds' as const } : {}),
      method: 'POST',
      path: `${root}/feeds`,
      json: {
        feedType: feed.feedType,
        marketplaceIds: feed.marketplaceIds,
        inputFeedDocumentId: document.feedDocumentId,
      },
      schema: NewFeed,
      effect: feed.effect,
      for: deliveries,
      doing: `hand in a feed (${feed.feedType})`,
      signal,
    })
    return body.feedId
  }

  async get(feedId: string, signal: AbortSignal): Promise<Feed> {
    const { body } = await this.#requests.send({
      operation: 'getFeed',
      path: `/feeds/2021-06-30/feeds/${encodeURIComponent(feedId)}`,
      schema: Feed,
      doing: 'ask what became of a feed',
      signal,
    })
    return body
  }

  /** Whether any feed of this type was handed in since. */
  async anySince(feedType: string, createdSince: string, signal: AbortSignal): Promise<boolean> {
    const { body } = await this.#requests.send({
      operation: 'getFeeds',
      path: '/feeds/2021-06-30/feeds',
      query: { feedTypes: [feedType], createdSince, pageSize: 10 },
      schema: FeedList,
      doing: 'look for feeds',
      signal,
    })
    return body.feeds.length > 0
  }

  /** The report of a feed, as text. */
  async report(documentId: string, signal: AbortSignal): Promise<string> {
    const { body } = await this.#requests.send({
      operation: 'getFeedDocument',
      path: `/feeds/2021-06-30/documents/${encodeURIComponent(documentId)}`,
      schema: DocumentAddress,
      doing: 'ask for the report of a feed',
      signal,
    })
    return fetchDocument(this.#requests, body, signal)
  }
}
