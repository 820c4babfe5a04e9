import { money, type Fee, type Money, type Order, type OrderLine } from '@kontor/core'
import type { BilledItemWire, ShippingInformationWire } from '../wire/index.ts'
import type { UnitWords } from '../tables/index.ts'
import { toParty } from './address.ts'
import { unitStanding, wordsOf } from './lines.ts'
import { emailOf, priceOf, toMoney } from './order.ts'
import { statusesOf, toLineStatus } from './statuses.ts'
import { told } from './told.ts'

/** What a line is made of, so that a unit's fees find their line. */
export interface LineIndex {
  readonly id: string
  readonly itemIds: readonly string[]
}

/**
 * What Rakuten tells about a sale only after it was accepted, as a later statement about the same order: what it does not say stays.
 * `lines`: the lines of the order as the list told them; without them fees are told of the whole order.
 */
export function toDetails(
  purchaseId: string,
  {
    shipping,
    billed,
    lines,
    statuses,
  }: {
    shipping?: ShippingInformationWire | undefined
    billed?: readonly BilledItemWire[] | undefined
    lines?: readonly LineIndex[] | undefined
    statuses: UnitWords
  },
): Order {
  return told<Order>({
    entity: 'orders',
    id: purchaseId,
    numbers: [purchaseId],
    ...shippingFields(shipping),
    ...(billed === undefined ? {} : billedFields(billed, lines, statuses)),
  })
}

function shippingFields(shipping: ShippingInformationWire | undefined): Partial<Order> {
  if (shipping === undefined) return {}
  const billing = shipping.billingaddress
  const label = shipping.prepaidlabel
  const available = label?.available === true
  const phone = billing?.phonenumber1 ?? billing?.phonenumber2
  const buyer = told<NonNullable<Order['buyer']>>({
    id: shipping.purchasebuyerlogin,
    email: emailOf(shipping.purchasebuyeremail),
    phone,
  })
  return told<Partial<Order>>({
    buyer: Object.keys(buyer).length === 0 ? undefined : buyer,
    billTo: billing && toParty(billing),
    shipTo: shipping.deliveryaddress && toParty(shipping.deliveryaddress),
    label: available
      ? told<NonNullable<Order['label']>>({
          url: label.prepaidlabelurl,
          trackingNumber: label.trackinginformation?.trackingnumber,
          trackingUrl: label.trackinginformation?.trackingurl,
          prepaid: true,
        })
      : undefined,
    documents:
      available && label.prepaidlabelurl !== undefined ? [{ kind: 'label', url: label.prepaidlabelurl }] : undefined,
  })
}

function billedFields(
  billed: readonly BilledItemWire[],
  lines: readonly LineIndex[] | undefined,
  statuses: UnitWords,
): Partial<Order> {
  const shipping = sumOf(billed.map((item) => item.shippingsaleprice))
  const items = sumOf(billed.map((item) => item.itemsaleprice))
  const fields: Partial<Order> = told<Partial<Order>>({
    shipping: shipping && [{ kind: 'shipping', price: priceOf(shipping) }],
    // Of a sale that no list names any more the total stays what it was flagged to be.
    totals: lines && shipping && items && { shipping, grand: money.add(items, shipping) },
    ...endOf(billed, statuses),
  })
  if (lines === undefined) return { ...fields, fees: feesOf(billed) }
  return {
    ...fields,
    lines: lines.map((line) =>
      billedLine(
        line,
        billed.filter((item) => line.itemIds.includes(item.itemid)),
        statuses,
      ),
    ),
  }
}

function billedLine({ id, itemIds }: LineIndex, billed: readonly BilledItemWire[], statuses: UnitWords): OrderLine {
  const shipping = sumOf(billed.map((item) => item.shippingsaleprice))
  const fees = feesOf(billed)
  return told<OrderLine>({
    id,
    quantity: itemIds.length,
    shipping: shipping && priceOf(shipping),
    fees: fees.length === 0 ? undefined : fees,
    ...(haveEnded(billed, statuses) && billed.length === itemIds.length
      ? {
          status: toLineStatus(standingsOf(billed, statuses), wordsOf(billed.map((item) => item.itemstatus))),
          quantityCancelled: standingsOf(billed, statuses).filter((one) => one !== 'shipped').length,
        }
      : {}),
  })
}

const standingsOf = (billed: readonly BilledItemWire[], statuses: UnitWords) =>
  billed.map((item) => unitStanding(item, undefined, statuses))
/** Cancelled, refused or closed: the words billing may be believed in. Of shipping it knows nothing. */
const haveEnded = (billed: readonly BilledItemWire[], statuses: UnitWords): boolean =>
  billed.length > 0 &&
  standingsOf(billed, statuses).every((one) => one === 'cancelled' || one === 'refused' || one === 'shipped')

/** How a sale ended that the lists no longer name. */
const endOf = (billed: readonly BilledItemWire[], statuses: UnitWords): Partial<Order> =>
  haveEnded(billed, statuses)
    ? statusesOf(
        billed.map(({ itemstatus }) => ({ itemstatus, paymentstatus: undefined })),
        standingsOf(billed, statuses),
        false,
      )
    : {}

/** Commissions come net, with their VAT beside. */
function feesOf(billed: readonly BilledItemWire[]): Fee[] {
  const commission = sumOf(billed.map((item) => item.itemcommissionexcltax))
  const commissionTax = sumOf(billed.map((item) => item.itemcommissionvat))
  const onShipping = sumOf(billed.map((item) => item.shippingcommissionexcltax))
  const onShippingTax = sumOf(billed.map((item) => item.shippingcommissionvat))
  return [
    ...(commission ? [told<Fee>({ kind: 'commission', amount: commission, tax: commissionTax })] : []),
    ...(onShipping
      ? [told<Fee>({ kind: 'shipping', amount: onShipping, tax: onShippingTax, name: 'commission on shipping' })]
      : []),
  ]
}

function sumOf(amounts: readonly (BilledItemWire['itemsaleprice'] | undefined)[]): Money | undefined {
  const amountsTold = amounts.flatMap((one) => (one === undefined ? [] : [toMoney(one)]))
  const [first] = amountsTold
  return first && money.sum(amountsTold, first.currency)
}
