import { isKontorError, KontorError, type Delivery, type Http } from '@kontor/core'
import type { EightReturnsConfig } from '../config.ts'
import { withoutPersons } from '../errors.ts'
import type { Bucket } from '../limits.ts'
import { endpoints, targetOf, type Operation, type Target } from '../tables/endpoints.ts'
import {
  bookingBody,
  errorWords,
  isErrorBody,
  listQuery,
  newLabelBody,
  newReturnBody,
  orderQuery,
  parseItemResults,
  WireLabelAnswer,
  WireOrders,
  WirePage,
  WireSingle,
  type BookedItem,
  type ItemResult,
  type NewReturn,
  type WireLabel,
} from '../wire/index.ts'

/** For whom a call with an effect is made. */
type For = readonly Pick<Delivery, 'key'>[]
type Asked = Parameters<typeof listQuery>[0]

/** One method an operation. */
export function createClient(http: Http<Bucket>, { endpoints: overrides }: Pick<EightReturnsConfig, 'endpoints'>) {
  const target = (operation: Operation, id?: string): Target & { doing: string } => ({
    ...targetOf(operation, overrides, id),
    doing: endpoints[operation].doing,
  })

  return {
    /** One page of returns, its rows as they come. */
    async listReturns(asked: Asked, signal: AbortSignal): Promise<WirePage> {
      const { body } = await http.send({
        ...target('listReturns'),
        query: listQuery(asked),
        numbers: 'text',
        effect: 'none',
        take: { requests: 1 },
        signal,
      })
      const page = WirePage.safeParse(body)
      if (page.success) return page.data
      throw notAPage(body)
    },

    /** One return as it comes; `undefined` for 404, which says "no such return" or "no such address". */
    async getReturn(id: string, signal: AbortSignal): Promise<unknown> {
      try {
        const { body } = await http.send({
          ...target('getReturn', id),
          numbers: 'text',
          effect: 'none',
          take: { requests: 1 },
          schema: WireSingle,
          signal,
        })
        return body
      } catch (error) {
        if (isKontorError(error) && error.code === 'NOT_FOUND') return undefined
        throw error
      }
    },

    /**
     * Books items of a return, addressed by SKU and quantity. Never resent by us: what a repetition does is not known.
     * `undefined` where the answer does not tell item by item.
     */
    async bookItems(
      id: string,
      items: readonly BookedItem[],
      made: { for: For },
      signal: AbortSignal,
    ): Promise<readonly ItemResult[] | undefined> {
      const { body } = await http.send({
        ...target('updateReturnItems', id),
        json: bookingBody(items),
        numbers: 'text',
        effect: 'once',
        for: made.for,
        take: { requests: 1 },
        signal,
      })
      if (isErrorBody(body)) throw errorInside(body, 'book items of a return')
      return parseItemResults(body)
    },

    /** Whether this credential may book: a booking of return 0, which cannot exist. Answers the status. */
    async probeBooking(signal: AbortSignal): Promise<number> {
      const { status } = await http.send({
        ...target('updateReturnItems', '0'),
        json: bookingBody([{ sku: 'zz-check', quantity: 1, as: 'arrived' }]),
        effect: 'once',
        accept: 'any',
        as: 'none',
        take: { requests: 1 },
        doing: 'see whether items may be booked',
        signal,
      })
      return status
    },

    /** Assumed: creates a return, and answers it as it comes. */
    async createReturn(wanted: NewReturn, signal: AbortSignal): Promise<unknown> {
      const { body } = await http.send({
        ...target('createReturn'),
        json: newReturnBody(wanted),
        numbers: 'text',
        effect: 'once',
        take: { requests: 1 },
        schema: WireSingle,
        signal,
      })
      return body
    },

    /** Assumed: creates a label. 200, 201 and 202 (being made) are answers. */
    async createLabel(
      id: string,
      wanted: Parameters<typeof newLabelBody>[0],
      signal: AbortSignal,
    ): Promise<WireLabel & { queued: boolean }> {
      const { body, status } = await http.send({
        ...target('createLabel', id),
        json: newLabelBody(wanted),
        numbers: 'text',
        effect: 'once',
        take: { requests: 1 },
        schema: WireLabelAnswer,
        signal,
      })
      return { ...body, queued: status === 202 }
    },

    /** Assumed: finds orders by a search term. */
    async findOrders(search: string, signal: AbortSignal): Promise<WireOrders> {
      const { body } = await http.send({
        ...target('findOrders'),
        query: orderQuery(search, 10),
        numbers: 'text',
        effect: 'none',
        take: { requests: 1 },
        schema: WireOrders,
        signal,
      })
      return body
    },

    /** A page as it comes, with numbers as numbers: for comparing its form with what we believe. */
    async recordReturns(asked: Asked, signal: AbortSignal): Promise<unknown> {
      const { body } = await http.send({
        ...target('listReturns'),
        query: listQuery(asked),
        effect: 'none',
        take: { requests: 1 },
        signal,
      })
      return body
    },

    /** One return as it comes, for the same. */
    async recordReturn(id: string, signal: AbortSignal): Promise<unknown> {
      const { body } = await http.send({ ...target('getReturn', id), effect: 'none', take: { requests: 1 }, signal })
      return body
    },
  }
}
export type Client = ReturnType<typeof createClient>
type WireOrders = ReturnType<typeof WireOrders.parse>

/** 200 is not always success: some systems of this kind answer it with an error inside. */
const errorInside = (body: unknown, doing: string): KontorError =>
  new KontorError('REQUEST_REJECTED', {
    message: `8returns answered “${doing}” with 200 and an error inside: “${withoutPersons(errorWords.parse(body))}”. Nothing is believed of that answer.`,
  })

function notAPage(body: unknown): KontorError {
  if (isErrorBody(body))
    return new KontorError('WIRE_MISMATCH', { message: errorInside(body, 'list returns').message, path: '' })
  return new KontorError('ENDPOINT_MISMATCH', {
    message:
      'The host answers, but not with the 8returns list of returns. Set `config.baseUrl` or `config.endpoints.listReturns`.',
    key: 'config.baseUrl',
  })
}
