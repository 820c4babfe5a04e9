import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kindOfField, type FieldKind } from '../src/fixtures/redaction/field-kinds.ts'
import { record, redact, type ExchangeFixture } from '../src/index.ts'
import type { Exchange } from '../src/simulator/index.ts'

const SECRET = 'GeheimKanarie4711'
const SECOND = 'ZweiterKanarie0815'

/** Invented, and unmistakable. */
const BUYER = {
  first: 'Kanarilda',
  last: 'Geheimbusch',
  mail: 'kanarilda@geheimbusch.example',
  phone: '+49 30 55501739',
  number: 493055501739,
  street: 'Verschwiegene Gasse 1739',
}
const people = Object.values(BUYER).map(String)

interface Told {
  path?: string
  query?: string
  headers?: Record<string, string>
  request?: string
  answer?: string | Buffer
  type?: string
  answerHeaders?: Record<string, string>
}

function exchange({
  path = '/orders',
  query = '',
  headers = {},
  request = '',
  answer = '{}',
  type = 'application/json',
  answerHeaders,
}: Told): Exchange {
  return {
    index: 1,
    at: '2026-03-02T08:00:00.000Z',
    method: request === '' ? 'GET' : 'POST',
    path,
    query,
    requestHeaders: headers,
    requestBody: Buffer.from(request),
    status: 200,
    responseHeaders: { 'content-type': type, ...answerHeaders },
    responseBody: Buffer.from(answer),
    faults: [],
    ended: 'answered',
  }
}

const recorded = (...told: Told[]): { fixtures: ExchangeFixture[]; text: string } => {
  const fixtures = record(told.map(exchange))
  return { fixtures, text: JSON.stringify(fixtures) }
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** Where a canary sits; none of these may come out. */
const HIDING_PLACES: Readonly<Record<string, Told>> = {
  'pwd= in a query': { query: `login=${SECOND}&pwd=${SECRET}` },
  'token= in a query': { query: `action=list&token=${SECRET}` },
  'key= in a query': { query: `key=${SECRET}&page=2` },
  'a percent-encoded query': {
    query: `token=${encodeURIComponent(`${SECRET}/+=`)}&mail=${encodeURIComponent(BUYER.mail)}`,
  },
  'a buyer in a query': { query: `customerEmail=${BUYER.mail}&last_name=${BUYER.last}&q=1` },
  'client_secret= in a form': {
    headers: form,
    request: `grant_type=client_credentials&client_id=${SECOND}&client_secret=${SECRET}`,
  },
  'code= of a grant': { headers: form, request: `grant_type=authorization_code&code=${SECRET}` },
  'a form without its content type': { request: `refresh_token=${SECRET}&scope=orders` },
  'a form with a buyer': {
    headers: form,
    request: `email=${encodeURIComponent(BUYER.mail)}&street=${encodeURIComponent(BUYER.street)}`,
  },
  'an object under a secret name': {
    answer: JSON.stringify({ token: { value: SECRET, parts: [SECOND], valid: true } }),
  },
  'a list under a secret name': { answer: JSON.stringify({ api_keys: [SECRET, { secret: SECOND }] }) },
  'a number as a phone': { answer: JSON.stringify({ phone: BUYER.number }) },
  'an object as a phone': { answer: JSON.stringify({ phone: { country: 49, number: BUYER.number } }) },
  'an object as a name': { answer: JSON.stringify({ name: { given: BUYER.first, family: BUYER.last } }) },
  'names as data in JSON': {
    answer: JSON.stringify([
      { name: 'last_name', value: BUYER.last },
      { key: 'x-api-key', value: SECRET },
    ]),
  },
  'JSON in a text in JSON': {
    answer: JSON.stringify({ payload: JSON.stringify({ password: SECRET, buyer: { email: BUYER.mail } }) }),
  },
  'JSON as one value': { answer: JSON.stringify(`Bearer ${SECRET}`) },
  'lines of JSON': { answer: `{"last_name":"${BUYER.last}"}\n{"token":"${SECRET}"}\n`, type: 'application/x-ndjson' },
  'elements of XML': {
    answer: `<?xml version="1.0"?><o:order xmlns:o="urn:o"><o:LastName>${BUYER.last}</o:LastName><phone type="home">${BUYER.number}</phone><security><token>${SECRET}</token></security></o:order>`,
    type: 'text/xml',
  },
  'attributes of XML': {
    answer: `<order email="${BUYER.mail}" lastName='${BUYER.last}'><access token="${SECRET}"/></order>`,
    type: 'text/xml',
  },
  'CDATA and nesting in XML': {
    answer: `<r><phone><number><![CDATA[${BUYER.phone}]]></number></phone><credentials><a>${SECRET}</a><b><c>${SECOND}</c></b></credentials></r>`,
    type: 'text/xml',
  },
  'names as data in XML': {
    answer: `<r><field name="last_name">${BUYER.last}</field><p key="password" value="${SECRET}"/></r>`,
    type: 'text/xml',
  },
  'a comment in XML': { answer: `<r><!-- ${BUYER.mail} token=${SECRET} --></r>`, type: 'text/xml' },
  'XML in latin-1': {
    answer: Buffer.from(
      `<?xml version="1.0" encoding="ISO-8859-1"?><r><ort>Köln</ort><strasse>${BUYER.street}</strasse></r>`,
      'latin1',
    ),
    type: 'text/xml',
  },
  'a web page': {
    answer: `<html><body><input name="token" value="${SECRET}"><p>${BUYER.mail}</p></body></html>`,
    type: 'text/html',
  },
  'a table with tabs': {
    answer: `order-id\tbuyer-name\tship-phone-number\n1\t${BUYER.first} ${BUYER.last}\t${BUYER.phone}\n`,
    type: 'text/plain',
  },
  'a table with quotes': {
    answer: `id;Nachname;Straße\r\n1;"${BUYER.last}";"${BUYER.street}; hinten\nlinks"\r\n`,
    type: 'text/csv',
  },
  'a part of a multipart body': {
    headers: { 'content-type': 'multipart/form-data; boundary=x-x' },
    request: `--x-x\r\ncontent-disposition: form-data; name="password"\r\n\r\n${SECRET}\r\n--x-x\r\ncontent-disposition: form-data; name="file"\r\ncontent-type: application/json\r\n\r\n{"email":"${BUYER.mail}"}\r\n--x-x--\r\n`,
  },
  'a packed answer': {
    answer: gzipSync(JSON.stringify({ token: SECRET, last_name: BUYER.last })),
    answerHeaders: { 'content-encoding': 'gzip' },
  },
  'bytes that are no text': {
    answer: Buffer.concat([Buffer.from([0, 1, 2, 255]), Buffer.from(SECRET)]),
    type: 'application/pdf',
  },
  'the header of a next page': {
    answerHeaders: { link: `<https://shop.example/orders?page=2&token=${SECRET}>; rel="next"` },
  },
  'a cookie that is set': { answerHeaders: { 'set-cookie': `sid=${SECRET}; Path=/` } },
  'an address in an answer': {
    answer: JSON.stringify({
      url: `https://files.example/a.csv?X-Amz-Signature=${SECRET}&email=${encodeURIComponent(BUYER.mail)}`,
    }),
  },
  'a sentence': { answer: JSON.stringify({ message: `Call ${BUYER.phone} or ${BUYER.mail}; password: ${SECRET}` }) },
  'a token of three parts anywhere': {
    answer: JSON.stringify({ info: `got eyJhbGciOiJIUzI1NiJ9.${SECRET}.${SECOND}` }),
  },
  'a bank account in a sentence': {
    answer: JSON.stringify({ info: `pay to DE02 1203 0000 0000 2020 51 (${SECOND.length})` }),
  },
}

const CANARIES = [
  SECRET,
  SECOND,
  ...people,
  encodeURIComponent(BUYER.mail),
  encodeURIComponent(BUYER.street),
  '1203 0000 0000',
]

describe('what is recorded', () => {
  it.each(Object.keys(HIDING_PLACES))('shows no secret and no buyer in %s', (place) => {
    const told = HIDING_PLACES[place] ?? {}
    const { text } = recorded(told)
    const planted = CANARIES.filter(
      (canary) => JSON.stringify(told).includes(canary) || String(told.answer).includes(canary),
    )
    expect(place === 'a packed answer' || planted.length > 0).toBe(true)
    expect(CANARIES.filter((canary) => text.includes(canary))).toEqual([])
  })

  it('shows what was found in one place in no other, where no name says what it is', () => {
    const basic = Buffer.from(`${SECOND}:${SECRET}`).toString('base64')
    const { text } = recorded(
      {
        path: `/shops/${SECRET}/orders`,
        answer: JSON.stringify({ info: `Hello ${BUYER.first}, you are ${SECOND}`, ref: BUYER.number }),
      },
      {
        headers: { authorization: `Basic ${basic}` },
        answer: JSON.stringify({ echo: basic, first_name: BUYER.first, phone: BUYER.number }),
      },
    )
    expect([...CANARIES, basic].filter((canary) => text.includes(canary))).toEqual([])
  })

  it('keeps the shape: types, order, what holds nothing, and which secret is which', () => {
    const { fixtures } = recorded(
      {
        query: 'limit=50&sort=id%3Aasc',
        answer: '{"next_token":"weiter-12345","phone":4930,"zip":10115,"email":null,"company":"","verified":true}',
      },
      { query: 'limit=50&next_token=weiter-12345', answer: '<a><b>1</b> <c/>&amp; &lt;x&gt;</a>', type: 'text/xml' },
    )
    expect(fixtures).toMatchObject([
      {
        query: 'limit=50&sort=id%3Aasc',
        answer: { next_token: 'redacted-1', phone: 492210000000, zip: 50667, email: null, company: '', verified: true },
      },
      { query: 'limit=50&next_token=redacted-1', answer: '<a><b>1</b> <c/>&amp; &lt;x&gt;</a>' },
    ])
  })

  it('leaves things alone that have names, numbers and codes', () => {
    const order = {
      id: 4711,
      order_id: 'B-4711',
      product_name: 'Blue shirt',
      carrierName: 'DHL',
      status: 'open',
      code: 'EUR',
      currency_code: 'EUR',
      token_type: 'bearer',
      capacity: 3,
      hotel: 'x',
      country: 'DE',
      tracking_number: '00340434161094042557',
      at: '2026-03-02T08:00:00Z',
      ean: '4006381333931',
    }
    expect(redact(order)).toEqual(order)
    expect(redact({ name: 'Blue shirt', last_name: 'X' }, { keep: ['name'] })).toEqual({
      name: 'Blue shirt',
      last_name: 'Muster',
    })
  })

  it('is itself without secrets when it is recorded again', () => {
    const once = redact({ token: SECRET, note: 'x', url: `?pwd=${SECOND}` })
    expect(redact(once)).toEqual(once)
  })
})

describe('whatever comes', () => {
  it('is redacted without an error, into JSON of the same shape', () => {
    const shape = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shape)
      if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value
      return Object.fromEntries(Object.entries(value).map(([name, member]: [string, unknown]) => [name, shape(member)]))
    }
    const names = fc.constantFrom('token', 'phone', 'name', 'value', 'email', 'id', 'x')
    const leaf = fc.oneof(
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    )
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(names, tie('tree'), { maxKeys: 4 }),
      ),
    }))
    fc.assert(
      fc.property(tree, (value) => {
        expect(shape(redact(value))).toEqual(shape(value))
      }),
    )
  })

  it('is redacted without an error, as text of any kind', () => {
    const signs = fc.constantFrom(
      '<',
      '>',
      '/',
      '"',
      '=',
      '&',
      ';',
      ',',
      '\n',
      '\t',
      'token',
      'a',
      ' ',
      '{',
      '}',
      '[',
      ':',
      '%',
      '--x',
      '\\',
    )
    fc.assert(
      fc.property(
        fc.array(signs, { maxLength: 40 }),
        fc.constantFrom('', 'multipart/form-data; boundary=x'),
        (parts, type) => {
          expect(recorded({ answer: parts.join(''), type, request: parts.join('') }).fixtures).toHaveLength(1)
        },
      ),
    )
  })
})

describe('names of fields', () => {
  const NAMES: Readonly<Record<string, FieldKind | undefined>> = {
    customerEmail: 'email',
    'ship-to-name': 'name',
    'ns:PhoneNumber': 'phone',
    shipping_address2: 'street',
    addressLine1: 'street',
    clientsecret: 'secret',
    'x-amz-access-token': 'secret',
    'X-API-Key': 'secret',
    BuyerVATNumber: 'taxId',
    billingPostcode: 'zip',
    Hausnummer: 'houseNumber',
    token_value: 'secret',
    token_type: undefined,
    orderLine: undefined,
    line: undefined,
    fileName: undefined,
    customer_id: undefined,
    shipping: undefined,
    idempotency_key: undefined,
    trackingNumber: undefined,
  }
  it.each(Object.entries(NAMES))('%s is %s', (name, kind) => {
    expect(kindOfField(name)).toBe(kind)
  })
})
