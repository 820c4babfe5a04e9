import { describe, expect, it } from 'vitest'
import {
  linesToShip,
  openQuantity,
  Order,
  OrderLine,
  predicates,
  returnStage,
  Return,
  whyNotShippable,
} from '../../src/index.ts'

const line = (fields: object = {}): OrderLine =>
  OrderLine.parse({ id: 'l1', quantity: 2, status: { value: 'to_ship' }, ...fields })
const order = (fields: object = {}): Order =>
  Order.parse({
    entity: 'orders',
    id: '1',
    lifecycle: { value: 'open' },
    payment: { value: 'paid' },
    acceptance: { value: 'accepted' },
    fulfilment: { value: 'unfulfilled' },
    lines: [line()],
    ...fields,
  })

describe('what is left to ship of a line', () => {
  it.each([
    [{}, 2],
    [{ quantityShipped: 1 }, 1],
    [{ quantityShipped: 1, quantityCancelled: 1 }, 0],
    [{ quantityShipped: 5 }, 0],
    [{ status: { value: 'shipped' } }, 0],
    [{ status: { value: 'cancelled' } }, 0],
    [{ status: { value: 'refunded' } }, 0],
    [{ status: { value: 'unknown' } }, 2],
    [{ status: null }, 2],
  ])('%j: %d', (fields, open) => expect(openQuantity(line(fields))).toBe(open))
})

describe('an order goes out', () => {
  it('when it is paid, open, accepted and has something to ship', () => {
    expect(whyNotShippable(order())).toBeUndefined()
    expect(predicates.shippable(order({ acceptance: undefined }))).toBeUndefined()
    expect(
      whyNotShippable(order({ payment: { value: 'not_required' }, acceptance: { value: 'partially_accepted' } })),
    ).toBeUndefined()
  })
  it.each([
    [{ lifecycle: { value: 'cancelled' } }, 'cancelled'],
    [{ lifecycle: { value: 'draft' } }, 'still a draft'],
    [{ payment: { value: 'pending' } }, 'payment is pending'],
    [{ payment: { value: 'authorized' } }, 'payment is authorized'],
    [{ payment: { value: 'unknown', source: 'X' } }, 'payment is unknown'],
    [{ payment: null }, 'nothing is known about its payment'],
    [{ acceptance: { value: 'awaiting' }, payment: { value: 'authorized' } }, 'not accepted yet'],
    [
      {
        acceptance: { value: 'awaiting' },
        payment: { value: 'authorized' },
        lines: [{ id: '1', sku: 'A', quantity: 1, preorder: true, status: { value: 'on_hold' } }],
      },
      'a pre-order that is not confirmed yet',
    ],
    [{ acceptance: { value: 'awaiting' } }, 'not accepted yet'],
    [{ acceptance: { value: 'refused' } }, 'acceptance is refused'],
    [{ fulfilledBy: 'marketplace' }, 'shipped by the marketplace'],
    [{ hold: { reason: 'fraud check' } }, 'on hold: fraud check'],
    [{ hold: {} }, 'on hold'],
    [{ lines: [] }, 'no line is left to ship'],
    [{ lines: null }, 'no line is left to ship'],
    [
      { lines: [line({ status: { value: 'shipped' } }), line({ id: 'l2', fulfilledBy: 'marketplace' })] },
      'no line is left to ship',
    ],
    [
      {
        lines: [
          line({ status: { value: 'on_hold' } }),
          line({ status: { value: 'pending' } }),
          line({ status: { value: 'awaiting_acceptance' } }),
        ],
      },
      'no line is left to ship',
    ],
  ])('and not with %j', (fields, why) => expect(whyNotShippable(order(fields))).toBe(why))
  it('with those lines alone that are the merchant’s', () => {
    const lines = [
      line(),
      line({ id: 'l2', fulfilledBy: 'marketplace' }),
      line({ id: 'l3', status: { value: 'cancelled' } }),
      line({ id: 'l4', fulfilledBy: 'merchant' }),
    ]
    expect(linesToShip(order({ lines })).map(({ id }) => id)).toEqual(['l1', 'l4'])
  })
})

describe('the other conditions of a flow', () => {
  it('say yes with nothing, and no with a reason', () => {
    expect(predicates.all()).toBeUndefined()
    expect(predicates.paid(order())).toBeUndefined()
    expect(predicates.paid(order({ payment: undefined }))).toBe('payment is not known')
    expect(predicates.acceptable(order({ acceptance: { value: 'awaiting' } }))).toBeUndefined()
    expect(predicates.acceptable(order({ acceptance: { value: 'partially_accepted' } }))).toBeUndefined()
    expect(predicates.acceptable(order())).toBe('does not wait for acceptance')
  })
})

describe('where a return stands, in one word', () => {
  it.each([
    [{}, 'requested'],
    [{ lifecycle: { value: 'approved' } }, 'approved'],
    [{ lifecycle: { value: 'approved' }, logistics: { value: 'in_transit' } }, 'in_transit'],
    [{ logistics: { value: 'partially_received' } }, 'received'],
    [{ logistics: { value: 'received' }, inspection: 'complete' }, 'inspected'],
    [{ logistics: { value: 'not_shipped' }, financial: { value: 'refunded' } }, 'refunded'],
    [{ lifecycle: { value: 'rejected' }, financial: { value: 'refunded' } }, 'rejected'],
    [{ lifecycle: { value: 'closed' }, logistics: { value: 'in_transit' } }, 'closed'],
  ])('%j: %s', (fields, stage) =>
    expect(returnStage(Return.parse({ entity: 'returns', id: '1', ...fields }))).toBe(stage),
  )
})
