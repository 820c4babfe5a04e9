/** Return types after the features of the product: refund, exchange, store credit. How 8returns spells them is not known. */
export const knownResolutions = {
  refund: 'refund',
  exchange: 'exchange',
  store_credit: 'store_credit',
  storecredit: 'store_credit',
  gift_card: 'gift_card',
} as const
