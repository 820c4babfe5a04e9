import type { Answer } from '@kontor/testkit/simulator'
import { amount, cdata, element, parameterError, parisDate, parisTime, text, type Xml } from './answer-xml.ts'
import type { Handler } from './handler.ts'
import { isAccepted, isAwaiting, unitOf, type Person, type RakutenWorld, type Sale, type Unit } from './world.ts'

const address = (name: string, person: Person, withPhone: boolean): Xml =>
  element(
    name,
    text('civility', person.civility),
    cdata('lastname', person.lastName),
    cdata('firstname', person.firstName),
    cdata('address1', person.street),
    cdata('address2', ''),
    text('zipcode', person.zip),
    cdata('city', person.city),
    cdata('country', person.country),
    text('countryalpha2', person.alpha2),
    text('phonenumber1', withPhone ? person.phone : ''),
    text('phonenumber2', ''),
  )

const relay = (sale: Sale): Xml | undefined =>
  sale.relay &&
  element(
    'collectionpointaddress',
    text('civility', sale.relay.civility),
    cdata('lastname', sale.relay.lastName),
    cdata('firstname', sale.relay.firstName),
    cdata('id', sale.relay.relayId),
    cdata('name', sale.relay.name),
    cdata('address', sale.relay.street),
    text('zipcode', sale.relay.zip),
    cdata('city', sale.relay.city),
    cdata('country', sale.relay.country),
  )

const item = (unit: Unit, damaged: boolean): Xml =>
  element(
    'item',
    cdata('sku', unit.sku),
    text('advertid', unit.advertId),
    amount('advertpricelisted', unit.listedPrice),
    text('itemid', unit.itemId),
    cdata('headline', unit.headline),
    cdata('itemstatus', unit.status),
    text('ispreorder', unit.preorder ? 'Y' : 'N'),
    text('isnego', unit.negotiated ? 'Y' : 'N'),
    text('negotiationcomment', unit.negotiated ? 'Merci !' : ''),
    amount('price', damaged ? 'beaucoup' : unit.price),
    text('isrsl', unit.byRakuten ? 'Y' : 'N'),
    text('isbn', ''),
    text('ean', unit.ean),
    cdata('paymentstatus', 'INCOMING'),
    text('sellerscore', ''),
  )

/** E-mail and phone are told only once a unit was accepted. */
const saleXml = (sale: Sale, units: readonly Unit[]): Xml => {
  const told = sale.units.some((unit) => !isAwaiting(unit) && unit.status !== 'PENDING')
  return element(
    'sale',
    text('purchaseid', sale.purchaseId),
    text('purchasedate', parisTime(sale.soldAt)),
    element(
      'deliveryinformation',
      text('shippingtype', sale.shippingType),
      text('isfullrsl', sale.units.every((unit) => unit.byRakuten) ? 'Y' : 'N'),
      cdata('purchasebuyerlogin', sale.buyer),
      text('purchasebuyeremail', ''),
      relay(sale),
      sale.delivery && address('deliveryaddress', sale.delivery, false),
      address('billingaddress', sale.billing, told && sale.relay !== undefined),
    ),
    element('items', ...units.map((unit) => item(unit, sale.damaged === true))),
  )
}

/** The list as it comes: in order, or backwards with its first sales a second time. */
const listed = (world: RakutenWorld, sales: readonly Sale[]): readonly Sale[] =>
  world.disordered ? [...sales.toReversed(), ...sales.slice(0, 3)] : sales

export const getNewSales: Handler = ({ world, respond }) => {
  const sales = listed(world, [...world.sales.values()]).flatMap((sale) => {
    const units = sale.units.filter(isAwaiting)
    return units.length === 0 ? [] : [saleXml(sale, units)]
  })
  return respond(element('sales', ...sales))
}

const days = new WeakMap<Sale, string>()
function dayOf(sale: Sale): string {
  const day = days.get(sale) ?? parisDate(sale.soldAt)
  days.set(sale, day)
  return day
}

export const getCurrentSales: Handler = ({ world, options, query, respond }) => {
  const from = query.get('purchasedate') ?? '0000'
  const notShipped = query.get('notshippeditemsonly') === 'true'
  const preorders = query.get('ispendingpreorder') === 'y'
  const wanted = (unit: Unit): boolean => {
    if (preorders) return unit.status === 'PENDING'
    if (notShipped) return isAccepted(unit) && !unit.shipped
    if (isAwaiting(unit) || unit.status === 'REFUSED') return false
    if (unit.status === 'PENDING') return options.preordersAmongConfirmed
    return options.listCancelled || unit.status !== 'CANCELLED'
  }
  const found = listed(world, [...world.sales.values()])
    .filter((sale) => dayOf(sale) >= from)
    .flatMap((sale) => {
      const units = sale.units.filter(wanted)
      // A sale of which nothing is left but cancelled articles is over.
      return units.every((unit) => unit.status === 'CANCELLED') ? [] : [{ sale, units }]
    })
  const start = Number(Buffer.from(query.get('nexttoken') ?? '', 'base64url').toString() || 0)
  const end = start + options.pageSize
  const next = options.repeatToken ? 'c2FtZQ' : end < found.length ? Buffer.from(String(end)).toString('base64url') : ''
  const page =
    options.repeatToken && query.has('nexttoken') ? found.slice(0, options.pageSize) : found.slice(start, end)
  return respond(
    `${text('nexttoken', next)}${element('sales', ...page.map(({ sale, units }) => saleXml(sale, units)))}`,
  )
}

const withUnit =
  (answer: (call: Parameters<Handler>[0], sale: Sale, unit: Unit) => Answer): Handler =>
  (call) => {
    const itemId = call.query.get('itemid')
    if (itemId === null || itemId === '') return parameterError(call.options, "The parameter 'itemid' is mandatory.")
    const found = unitOf(call.world, itemId)
    return found === undefined
      ? parameterError(call.options, "The parameter 'itemid' is invalid.")
      : answer(call, found.sale, found.unit)
  }

export const acceptSale = withUnit(({ options, query, truth, respond }, _, unit) => {
  const country = query.get('shippingfromcountry') ?? ''
  // France is 249 here, whatever ISO says.
  if (!/^\d{2,3}$/.test(country) || country === '250')
    return parameterError(options, "The parameter 'shippingfromcountry' is invalid.")
  if (!isAwaiting(unit)) return parameterError(options, 'This item cannot be accepted')
  unit.status = 'ACCEPTED'
  truth.add('unit-accepted', unit.itemId)
  return respond(
    `${text('status', 'Accepted')}${text('shippingfromcountry', country)}${text('importcountry', '56')}${element('onestopshop', text('type', 'IOSS'), text('value', 'IM0000000000'))}`,
  )
})

export const refuseSale = withUnit(({ options, truth, respond }, _, unit) => {
  if (!isAwaiting(unit) && unit.status !== 'PENDING') return parameterError(options, 'This item cannot be refused')
  unit.status = 'REFUSED'
  truth.add('unit-refused', unit.itemId)
  return respond(text('status', 'Refused'))
})

export const cancelItem = withUnit(({ options, query, truth, respond }, _, unit) => {
  const comment = query.get('comment') ?? ''
  if (comment === '') return parameterError(options, "The parameter 'comment' is mandatory.")
  if (comment.length > 400) return parameterError(options, 'Your message cannot exceed 400 characters')
  if (!isAccepted(unit) && unit.status !== 'ON_HOLD' && unit.status !== 'PENDING')
    return parameterError(options, 'This item cannot be cancelled')
  unit.status = 'CANCELLED'
  truth.add('unit-cancelled', unit.itemId, { comment })
  return respond(text('status', 'CANCELLED'))
})

export const confirmPreorder: Handler = ({ world, options, query, truth, respond }) => {
  const advertId = query.get('advertid') ?? ''
  const stock = Number(query.get('stock'))
  if (advertId === '' || !Number.isInteger(stock) || stock < 1)
    return parameterError(options, "The parameter 'stock' is invalid.")
  // Who bought first is served first.
  const waiting = [...world.sales.values()]
    .toSorted((a, b) => a.soldAt - b.soldAt)
    .flatMap((sale) => sale.units)
    .filter((unit) => unit.advertId === advertId && unit.status === 'PENDING')
  for (const unit of waiting.slice(0, stock)) {
    unit.status = 'ACCEPTED'
    truth.add('preorder-confirmed', unit.itemId)
  }
  return respond(
    text(
      'statut',
      waiting.length <= stock ? 'OK : no remaining item(s)' : `OK : ${waiting.length - stock} remaining item(s)`,
    ),
  )
}

export const contactUser = withUnit(({ options, query, truth, respond }, _, unit) => {
  const content = query.get('content') ?? ''
  if (content === '' || content.length > 400)
    return parameterError(options, 'Your message cannot exceed 400 characters')
  truth.add('message-sent', unit.itemId, { content })
  return respond(text('status', 'SENT'))
})

const withSale =
  (answer: (call: Parameters<Handler>[0], sale: Sale) => Answer): Handler =>
  (call) => {
    const sale = call.world.sales.get(call.query.get('purchaseid') ?? '')
    // Nothing is told of a sale before it was accepted.
    if (sale === undefined || sale.units.every((unit) => isAwaiting(unit) || unit.status === 'PENDING'))
      return parameterError(call.options, "The parameter 'purchaseid' is invalid.")
    return answer(call, sale)
  }

export const getShippingInformation = withSale(({ respond }, sale) =>
  respond(
    element(
      'shippinginformation',
      text('shippingtype', sale.shippingType),
      element(
        'prepaidlabel',
        text('available', sale.shippingType === 'So Colissimo' ? 'Y' : 'N'),
        text('availabilitydetail', ''),
        cdata(
          'prepaidlabelurl',
          sale.shippingType === 'So Colissimo' ? `https://ws.colissimo.fr/label?parcel=${sale.purchaseId}` : '',
        ),
      ),
      amount('purchaseshippingcostprice', '0.0'),
      text('purchasebuyerlogin', sale.buyer),
      text('purchasebuyeremail', sale.email),
      address('billingaddress', sale.billing, true),
    ),
  ),
)

export const getBillingInformation = withSale(({ respond }, sale) =>
  respond(
    element(
      'billinginformation',
      element(
        'items',
        ...sale.units.map((unit) =>
          element(
            'item',
            text('itemid', unit.itemId),
            cdata('sku', unit.sku),
            cdata('headline', unit.headline),
            cdata('category', 'Téléphones'),
            text('itemstatus', unit.status),
            amount('itemsaleprice', unit.price),
            amount('shippingsaleprice', '2.9'),
            text('itemcommissionvatrate', '20'),
            amount('itemcommissionexcltax', '1.37'),
            amount('itemcommissionvat', '0.27'),
            text('shippingcommissionvatrate', '20'),
            amount('shippingcommissionexcltax', '0.59'),
            amount('shippingcommissionvat', '0.11'),
            amount('paymentamount', '20.00'),
          ),
        ),
      ),
    ),
  ),
)

const mode = (alias: string, label: string, active: number): Xml =>
  element('mode', text('alias', alias), cdata('label', label), text('active', active))

export const getAvailableShippingTypes: Handler = ({ respond }) => {
  return respond(
    `${element('basic_types', mode('NORMAL', 'Normal', 1), mode('SUIVI', 'Suivi', 1), mode('RECOMMANDE', 'Recommandé', 0))}${element('custom_types', mode('AAAA', 'Livraison spéciale', 1))}`,
  )
}
