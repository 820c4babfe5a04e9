/** What a person should know before relying on an order of ours. Each stands in `flags` of the record, and in the README. */
const orderFlags = {
  'unknown-order-state': 'Back Market sent an order state that is not documented.',
  'unknown-line-state': 'Back Market sent a line state that is not documented.',
  'no-lines': 'The order has no lines.',
  'no-shipping-address': 'The order has no shipping address.',
  'no-currency': 'Neither the order nor its line names a currency; amounts are left out.',
  'unreadable-amount': 'An amount is no decimal number and was left out.',
  'unreadable-date': 'A date could not be read and was left out.',
  'zero-price': 'The order, or a line of it, costs nothing.',
  'line-price-undecided':
    'The line prices add up neither as unit prices nor as line totals; they were read as unit prices.',
  'ship-by-zone-assumed': 'The dispatch date came without a zone and was read in `timeZone`.',
  'date-zone-assumed': 'A date came without a zone and was read as UTC.',
  'sku-missing': 'A line has no SKU.',
  'country-not-iso': 'A country is no ISO code; its text is kept.',
} as const
export type OrderFlag = keyof typeof orderFlags
