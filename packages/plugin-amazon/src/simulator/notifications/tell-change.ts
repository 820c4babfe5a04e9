import { iso, nextId, type SimulatedOrder, type WorldScene } from '../world.ts'
import { orderStatusV0 } from './order-status.ts'

type Change = 'OrderStatusChange' | 'BuyerRequestedChange'

/** Puts an ORDER_CHANGE into the queue that the seller has subscribed for, as OrderChangeNotification.json describes it. */
export function tellChange(
  { world, clock, random, options }: Omit<WorldScene, 'truth'>,
  order: SimulatedOrder,
  change: Change = 'OrderStatusChange',
): void {
  const subscription = world.subscriptions.get(order.sellerId)
  if (subscription === undefined || !subscription.changes.includes(change)) return
  const { marketplaceIds } = subscription
  if (marketplaceIds.length > 0 && !marketplaceIds.includes(order.marketplaceId)) return
  const now = iso(clock.now())
  const body = JSON.stringify({
    NotificationVersion: '1.0',
    NotificationType: 'ORDER_CHANGE',
    PayloadVersion: '1.0',
    EventTime: now,
    Payload: {
      OrderChangeNotification: {
        NotificationLevel: 'OrderLevel',
        SellerId: order.sellerId,
        AmazonOrderId: order.id,
        OrderChangeType: change,
        OrderChangeTrigger: { TimeOfOrderChange: now, ChangeReason: change },
        Summary: summaryOf(order),
      },
    },
    NotificationMetadata: {
      ApplicationId: 'app-id-example',
      SubscriptionId: subscription.id,
      PublishTime: now,
      NotificationId: random.uuid(),
    },
  })
  const message = () => ({ id: `m-${nextId(world)}`, body, visibleAt: clock.now(), receipt: undefined })
  const { queue } = world
  if (options.disorderedQueue) queue.messages.unshift(message(), message())
  else queue.messages.push(message())
  for (const wake of queue.waiting) wake()
}

function summaryOf(order: SimulatedOrder): Record<string, unknown> {
  const shipped = order.lines.reduce((sum, line) => sum + line.shipped, 0)
  const all = order.lines.reduce((sum, line) => sum + line.quantity, 0)
  return {
    MarketplaceId: order.marketplaceId,
    OrderStatus: orderStatusV0[order.status],
    PurchaseDate: iso(order.created),
    DestinationPostalCode: order.buyer.postcode,
    FulfillmentType: order.fulfilledBy === 'AMAZON' ? 'AFN' : 'MFN',
    OrderType: 'StandardOrder',
    NumberOfItemsShipped: shipped,
    NumberOfItemsUnshipped: all - shipped,
    EarliestShipDate: iso(order.created),
    LatestShipDate: iso(order.shipBy),
    EarliestDeliveryDate: iso(order.shipBy),
    LatestDeliveryDate: iso(order.deliverBy),
    OrderItems: order.lines.map((line) => ({
      OrderItemId: line.id,
      SellerSKU: line.sku,
      SupplySourceId: '00000000-0000-4000-8000-000000000001',
      OrderItemStatus: line.shipped >= line.quantity ? 'Shipped' : 'Unshipped',
      Quantity: line.quantity,
      QuantityShipped: line.shipped,
      IsBuyerRequestedCancel: line.cancellationRequest !== undefined,
    })),
  }
}
