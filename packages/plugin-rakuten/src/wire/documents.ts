/** One unit of a shipping file: `importitemshippingstatus`. */
export interface ShippedUnit {
  readonly purchaseId: string
  readonly itemId: string
  /** Empty for the modes without tracking. */
  readonly transporter: string
  /** The number, or the word that stands for "sent" in the modes without one. */
  readonly trackingNumber: string
  readonly trackingUrl: string
}

/** An offer's change; absent fields stay as they are. */
export interface OfferChange {
  readonly sku: string
  /** Decimal text with a point. */
  readonly price?: string
  readonly quantity?: number
}

const prolog = '<?xml version="1.0" encoding="UTF-8"?>\n'

export const shippingFile = (units: readonly ShippedUnit[]): string =>
  `${prolog}<items>${units
    .map(
      (unit) =>
        `<item>${element('purchaseid', unit.purchaseId)}${element('itemid', unit.itemId)}${element('transporter', unit.transporter)}` +
        `${element('trackingnumber', unit.trackingNumber)}${element('trackingurl', unit.trackingUrl)}</item>`,
    )
    .join('\n')}</items>`

export const offersFile = (changes: readonly OfferChange[]): string =>
  `${prolog}<items>${changes
    .map(({ sku, price, quantity }) => {
      const attributes = [
        attribute('sellerReference', sku),
        ...(price === undefined ? [] : [attribute('sellingPrice', price)]),
        ...(quantity === undefined ? [] : [attribute('qty', String(quantity))]),
      ]
      return `<item><attributes><advert>${attributes.join('')}</advert></attributes></item>`
    })
    .join('\n')}</items>`

const attribute = (key: string, value: string): string =>
  `<attribute>${element('key', key)}${element('value', value)}</attribute>`
const element = (name: string, value: string): string =>
  value === '' ? `<${name}/>` : `<${name}>${escape(value)}</${name}>`

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}
const escape = (value: string): string =>
  value.replace(forbidden, '').replace(/[&<>"']/g, (one) => entities[one] ?? one)
// oxlint-disable-next-line no-control-regex -- these are what XML 1.0 forbids
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g
