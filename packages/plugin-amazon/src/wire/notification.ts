import { z } from 'zod'
import { Text } from './values.ts'

/** ORDER_CHANGE 1.0 (OrderChangeNotification.json); what it tells of the order is not read, since the order itself is. */
export const OrderChange = z.object({
  NotificationType: z.literal('ORDER_CHANGE'),
  NotificationMetadata: z.object({ NotificationId: z.string().min(1) }),
  Payload: z.object({
    OrderChangeNotification: z.object({
      SellerId: z.string(),
      AmazonOrderId: z.string().regex(/^[\w-]{1,64}$/),
      Summary: z.object({ MarketplaceId: Text, FulfillmentType: Text }),
    }),
  }),
})
export type OrderChange = z.infer<typeof OrderChange>['Payload']['OrderChangeNotification']

/** ReceiveMessage of Amazon SQS, JSON protocol (docs.aws.amazon.com, 2026-08); without messages the list is absent. */
export const ReceivedMessages = z.object({
  Messages: z.array(z.object({ MessageId: z.string(), ReceiptHandle: z.string(), Body: z.string() })).nullish(),
})

export const QueueAttributes = z.object({ Attributes: z.object({ ApproximateNumberOfMessages: z.string() }) })

const Destination = z.object({
  destinationId: z.string(),
  resource: z.object({ sqs: z.object({ arn: z.string() }).nullish() }),
})
export const Destinations = z.object({ payload: z.array(Destination).nullish() })
export const NewDestination = z.object({ payload: Destination })
export const Subscription = z.object({ payload: z.object({ subscriptionId: z.string(), destinationId: z.string() }) })
