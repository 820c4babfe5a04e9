/** What the buyer asked for, read off the shipper's name; the first that fits. The names are free text for the buyer's country. */
export const shippingServices: readonly (readonly [
  pattern: RegExp,
  service: 'next_day' | 'express' | 'relay' | 'freight',
])[] = [
  [/next ?day|overnight|24 ?h\b/i, 'next_day'],
  [/express|chronopost|2(nd)? ?-?days?\b|priority/i, 'express'],
  [/relay|relais|pick-?up|parcel ?shop/i, 'relay'],
  [/camion|pi[eè]ce de votre choix|girard/i, 'freight'],
]
