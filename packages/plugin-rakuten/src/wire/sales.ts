import { z } from 'zod'
import { Amount, amountOrNothing, flag, id, listIn, text } from './fields.ts'

/** `civility`, and the names an address has in a delivery or billing address, or in a collection point (`id`, `name`, `address`). */
export const AddressWire = z.object({
  lastname: text,
  firstname: text,
  id: text,
  name: text,
  address: text,
  address1: text,
  address2: text,
  zipcode: text,
  city: text,
  country: text,
  countryalpha2: text,
  phonenumber1: text,
  phonenumber2: text,
})
export type AddressWire = z.infer<typeof AddressWire>
const address = AddressWire.nullish().transform((value) => value ?? undefined)

/** One unit sold: there is no quantity. */
export const ItemWire = z.object({
  itemid: id,
  sku: text,
  advertid: text,
  headline: text,
  itemstatus: text,
  ispreorder: flag,
  is_fulfilment: flag,
  isrsl: flag,
  isnego: flag,
  negotiationcomment: text,
  advertpricelisted: amountOrNothing,
  price: Amount,
  ean: text,
  isbn: text,
  paymentstatus: text,
})
export type ItemWire = z.infer<typeof ItemWire>

export const SaleWire = z.object({
  purchaseid: id,
  purchasedate: text,
  deliveryinformation: z.object({
    shippingtype: text,
    isfullrsl: flag,
    purchasebuyerlogin: text,
    purchasebuyeremail: text,
    deliveryaddress: address,
    collectionpointaddress: address,
    billingaddress: address,
  }),
  items: listIn('item', ItemWire).refine((items) => items.length > 0, 'a sale has at least one item'),
})
export type SaleWire = z.infer<typeof SaleWire>

/** The envelope of `getnewsales` and `getcurrentsales`; each sale is read by itself. */
export const SalesWire = z.object({
  nexttoken: text,
  lastversion: text,
  sellerid: text,
  sales: listIn('sale', z.unknown()),
})
export type SalesWire = z.infer<typeof SalesWire>

/** What of a sale that cannot be read must be known all the same. */
export const SaleIdWire = z.object({ purchaseid: id })

/** What a sale says about its units and no more: enough for a writer that looks before it writes. */
export const SaleUnitsWire = z.object({
  purchaseid: id,
  purchasedate: text,
  items: listIn('item', z.object({ itemid: id, itemstatus: text, advertid: text })),
})

export const ShippingInformationWire = z.object({
  shippinginformation: z.object({
    shippingtype: text,
    prepaidlabel: z
      .object({
        available: flag,
        prepaidlabelurl: text,
        trackinginformation: z.object({ trackingnumber: text, trackingurl: text }).nullish(),
      })
      .nullish(),
    purchaseshippingcostprice: amountOrNothing,
    purchasebuyerlogin: text,
    purchasebuyeremail: text,
    deliveryaddress: address,
    billingaddress: address,
  }),
})
export type ShippingInformationWire = z.infer<typeof ShippingInformationWire>['shippinginformation']

export const BilledItemWire = z.object({
  itemid: id,
  sku: text,
  headline: text,
  itemstatus: text,
  itemsaleprice: amountOrNothing,
  shippingsaleprice: amountOrNothing,
  itemcommissionexcltax: amountOrNothing,
  itemcommissionvat: amountOrNothing,
  shippingcommissionexcltax: amountOrNothing,
  shippingcommissionvat: amountOrNothing,
})
export type BilledItemWire = z.infer<typeof BilledItemWire>
export const BillingInformationWire = z.object({
  billinginformation: z.object({ items: listIn('item', BilledItemWire) }),
})

const mode = z.object({ alias: text, label: text, active: flag })
export const ShippingTypesWire = z.object({
  lastversion: text,
  basic_types: listIn('mode', mode),
  custom_types: listIn('mode', mode),
})
export type ShippingTypesWire = z.infer<typeof ShippingTypesWire>

export const AcceptanceWire = z.object({
  status: text,
  importcountry: text,
  onestopshop: z.object({ type: text, value: text }).nullish(),
})
export type AcceptanceWire = z.infer<typeof AcceptanceWire>
/** `refusesale`, `cancelitem`, `settrackingpackageinfos`: a word; `confirmpreorder` spells it `statut`. */
export const StatusWire = z
  .object({ status: text, statut: text })
  .nullish()
  .transform((value) => value?.status ?? value?.statut)
