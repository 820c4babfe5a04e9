import { KontorError, type About, type Delivery } from '@kontor/core'

type AboutOrder = Pick<Delivery, 'order'> & { record: { about?: About | undefined } }

/**
 * The order's id at Back Market: as Back Market told it, else from Kontor's key, else its number, which is the id here.
 * `about.id` comes last: it is an id in the system that told the record.
 */
export function orderIdOf({ order, record: { about } }: AboutOrder): string | undefined {
  const candidates = [order?.id, about?.key?.split('/').at(-1), about?.number, about?.id]
  return candidates.map((each) => each?.trim()).find((each) => each !== undefined && /^\d{1,15}$/.test(each))
}

export const orderUnknown = (id: string | undefined): KontorError =>
  new KontorError('ORDER_UNKNOWN', {
    message:
      id === undefined
        ? 'The record names no order of Back Market. Give its number, or the key `connection/number`.'
        : `Back Market does not know an order ${id} in this account. Correct the number at its source.`,
  })
