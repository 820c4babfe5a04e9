/** What a person should know before relying on a return of ours. Each stands in `flags` of the record, and in the README. */
export const returnFlags = {
  'unknown-status': 'The status is neither "open" nor "closed"; `lifecycleMap` can say what it means.',
  'unknown-return-type':
    'What the buyer wants instead is a word nobody told us about; `resolutionMap` can say what it means.',
  'unmapped-reason': 'A reason is not in `reasonMap`.',
  'no-currency': 'Neither the return nor its line names a currency; amounts are left out.',
  'unreadable-amount': 'An amount is no decimal number and was left out.',
  'unreadable-date': 'A date could not be read and was left out.',
  'zone-assumed': 'A time came without a zone and was read in `timeZone`.',
  'gtin-unreadable':
    'An EAN has a wrong check digit, with and without zeros in front; its text stands in the extensions.',
  'sku-twice': 'Two open lines have one SKU: 8returns can be told about them only together.',
  'country-not-iso': 'The country of the customer is no ISO code; its text is kept.',
} as const
export type ReturnFlag = keyof typeof returnFlags
