import { marketplaceAt } from '../marketplaces.ts'
import type { Report, World } from '../world.ts'
import { dayOf } from './flat-file.ts'
import type { Row } from './report-types.ts'

const amount = (hundredths: number): string => (hundredths / 100).toFixed(2)

/** The returns asked for in the window. */
export function returnRows(world: World, { from = 0, until = Infinity, marketplaceIds, sellerId }: Report): Row[] {
  return world.returns.flatMap((one) => {
    const order = world.orders.get(one.orderId)
    const line = order?.lines.find(({ id }) => id === one.lineId)
    if (order === undefined || line === undefined || order.sellerId !== sellerId) return []
    if (one.requested < from || one.requested >= until || !marketplaceIds.includes(order.marketplaceId)) return []
    return [
      {
        'Order ID': one.orderId,
        'Order date': dayOf(order.created),
        'Return request date': dayOf(one.requested),
        'Return request status': one.status,
        'Amazon RMA ID': one.rma,
        'Merchant RMA ID': '',
        'Label type': 'AmazonUnPaidLabel',
        'Label cost': '0.00',
        'Currency code': marketplaceAt(order.marketplaceId).currency,
        'Return carrier': one.carrier,
        'Tracking ID': one.tracking,
        'Label to be paid by': 'Customer',
        'A-to-Z Claim': 'N',
        'Is prime': order.programs.includes('PRIME') ? 'Y' : 'N',
        ASIN: line.asin,
        'Merchant SKU': one.sku,
        'Item Name': line.title,
        'Return quantity': one.damaged ? 'many' : one.quantity,
        'Return Reason': one.reason,
        'In policy': 'Y',
        'Return type': 'C-Returns',
        Resolution: one.resolution,
        'Invoice number': '',
        'Return delivery date': one.delivered === undefined ? '' : dayOf(one.delivered),
        'Order Amount': amount(line.unit * line.quantity),
        'Order quantity': line.quantity,
        'SafeT Action reason': '',
        'SafeT claim id': '',
        'SafeT claim state': '',
        'SafeT claim creation time': '',
        'SafeT claim reimbursement amount': '',
        'Refunded Amount': amount(one.refunded),
        'Order Item ID': one.lineId,
      },
    ]
  })
}
