import { SaxesParser } from 'saxes'
import { toOrder } from '../src/mapping/index.ts'
import { responseIn, parseXml, SalesWire, SaleWire, type SaleWire as Sale } from '../src/wire/index.ts'
import { RakutenConfig } from '../src/config.ts'

/**
 * What a sale costs on its way from bytes to an order, next to what the XML parser alone costs on the same bytes. 10,000 sales with one to
 * three units, in the form of `getcurrentsales`.
 */
const sales = 10_000
const rounds = 5
const address = (name: string): string =>
  `<${name}><civility>Mme</civility><lastname><![CDATA[Muster]]></lastname><firstname><![CDATA[Erika]]></firstname><address1><![CDATA[1 rue de l'Exemple]]></address1><address2/><zipcode>75010</zipcode><city><![CDATA[Paris]]></city><country><![CDATA[France]]></country><countryalpha2>FX</countryalpha2><phonenumber1>0600000000</phonenumber1><phonenumber2/></${name}>`
const item = (sale: number, unit: number): string =>
  `<item><sku><![CDATA[SKU-${sale % 500}]]></sku><advertid>69${sale % 500}</advertid><advertpricelisted><amount>23.9</amount><currency>EUR</currency></advertpricelisted><itemid>${sale * 10 + unit}</itemid><headline><![CDATA[Téléphone modèle ${sale % 500}]]></headline><itemstatus><![CDATA[ACCEPTED]]></itemstatus><ispreorder>N</ispreorder><isnego>N</isnego><negotiationcomment/><price><amount>23.9</amount><currency>EUR</currency></price><isrsl>N</isrsl><isbn/><ean>4006381333931</ean><paymentstatus><![CDATA[INCOMING]]></paymentstatus><sellerscore/></item>`
const sale = (number: number): string =>
  `<sale><purchaseid>${700_000_000 + number}</purchaseid><purchasedate>05/05/2026-09:12</purchasedate><deliveryinformation><shippingtype>Suivi</shippingtype><isfullrsl>N</isfullrsl><purchasebuyerlogin>acheteur</purchasebuyerlogin><purchasebuyeremail>acheteur@example.com</purchasebuyeremail>${address('deliveryaddress')}${address('billingaddress')}</deliveryinformation><items>${Array.from({ length: 1 + (number % 3) }, (_, unit) => item(number, unit)).join('')}</items></sale>`
const bytes = Buffer.from(
  `<getcurrentsalesresult xmlns="http://example.com/schema"><request/><response><nexttoken/><sales>${Array.from({ length: sales }, (_, number) => sale(number)).join('')}</sales></response></getcurrentsalesresult>`,
)
const text = bytes.toString('utf8')
const config = RakutenConfig.parse({ login: 'muster-shop' })

const steps = {
  'raw XML parse (saxes, events only)': () => {
    const parser = new SaxesParser({ xmlns: false, position: false })
    parser.write(text).close()
  },
  'parse to a tree (decode, saxes, tree)': () => void parseXml(bytes),
  'check every sale (zod)': () => {
    for (const raw of raws) SaleWire.parse(raw)
  },
  'map every sale to an order': () => {
    for (const one of parsed) toOrder(one, { config, toShip: new Set() })
  },
  'all of it': () => {
    for (const raw of SalesWire.parse(responseIn('getcurrentsales', parseXml(bytes))).sales)
      toOrder(SaleWire.parse(raw), { config, toShip: new Set() })
  },
}
const raws = SalesWire.parse(responseIn('getcurrentsales', parseXml(bytes))).sales
const parsed: Sale[] = raws.map((raw) => SaleWire.parse(raw))

console.log(`${sales} sales, ${(bytes.length / 1e6).toFixed(1)} MB, median of ${rounds}`)
for (const [name, step] of Object.entries(steps)) {
  step()
  const times = Array.from({ length: rounds }, () => {
    const before = performance.now()
    step()
    return performance.now() - before
  }).toSorted((a, b) => a - b)
  const median = times[Math.floor(rounds / 2)] ?? 0
  console.log(
    `  ${name.padEnd(40)} ${median.toFixed(0).padStart(6)} ms  ${((median * 1000) / sales).toFixed(1).padStart(7)} µs a sale`,
  )
}
