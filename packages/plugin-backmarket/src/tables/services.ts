/** What the buyer asked for, read off the shipper's name; the first that fits. The names are free text for the buyer's country. */
export const shippingServices: readonly (readonly [
  pattern: RegExp,
  service: 'next_day' | 'express' | 'relay' | 'pickup' | 'freight',
])[] = [
  [/next ?day|overnight|24 ?h\b/i, 'next_day'],
  [/express|chronopost|2(nd)? ?-?days?\b|priority/i, 'express'],
  [/relay|relais|parcel ?(shop|point)|locker/i, 'relay'],
  [/pick-?up|click ?(and|&|et) ?collect|retrait|in-?store/i, 'pickup'],
  [/camion|pi[eè]ce de votre choix|girard/i, 'freight'],
]
