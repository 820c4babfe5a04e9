import { createServer } from 'node:http'

/** Serves made-up orders page by page, in a process of its own so that it costs the reader nothing. Prints its port. */
const total = Number(process.argv[2] ?? 300_000)
const size = 50

const address = {
  company: '',
  first_name: 'Erika',
  last_name: 'Muster',
  street: 'Musterweg 3',
  street2: '',
  postal_code: '10115',
  city: 'Berlin',
  country: 'DE',
  phone: '+490000000',
  email: 'buyer@example.com',
}
function order(index: number): string {
  const when = new Date(1_767_225_600_000 + index * 1000).toISOString()
  return JSON.stringify({
    order_id: 100_000 + index,
    state: 9,
    country_code: 'de-de',
    currency: 'EUR',
    price: '229.00',
    shipping_price: '0.00',
    sales_taxes: '36.56',
    payment_method: 'CARD',
    installment_payment: false,
    paypal_reference: null,
    is_backship: false,
    shipper_display: 'DHL DE',
    tracking_number: `T${index}`,
    tracking_url: 'https://example.com/t',
    delivery_note: `https://example.com/dn/${index}.pdf`,
    expected_dispatch_date: null,
    date_creation: when,
    date_modification: when,
    date_payment: when,
    date_shipping: when,
    shipping_address: address,
    billing_address: address,
    orderlines: [
      {
        id: 500_000 + index,
        state: 3,
        listing: `SKU-${index % 500}`,
        listing_id: index % 500,
        product_id: 141,
        product: 'Phone 128GB',
        brand: 'acme',
        quantity: 1,
        price: '229.00',
        shipping_price: '0.00',
        shipping_delay: 48,
        currency: 'EUR',
        condition: 11,
        orderline_fee: '22.90',
        sales_taxes: '36.56',
        backcare: false,
        backcare_price: 0,
        imei: '',
        serial_number: '',
        return_reason: null,
        return_message: '',
        date_creation: when,
      },
    ],
  })
}

const server = createServer((request, response) => {
  const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://bench')
  // Everything is in one list; the other lists of the system are empty.
  const all = pathname === '/ws/orders' && query.get('state') === null
  const page = Number(query.get('page') ?? 1)
  const first = (page - 1) * size
  const here = all
    ? Array.from({ length: Math.max(0, Math.min(size, total - first)) }, (_, index) => order(first + index))
    : []
  const more = all && first + size < total
  const body = `{"count":${all ? total : 0},"next":${more ? '"more"' : 'null'},"previous":null,"results":[${here.join(',')}]}`
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address) process.stdout.write(`${address.port}\n`)
})
