/** The events we subscribe to. They are hints: each names an id that is then read. bigcommerce/docs, webhooks, 2026-04-01. */
export const hookScopes = [
  'store/order/created',
  'store/order/updated',
  'store/order/archived',
  'store/order/refund/created',
] as const
