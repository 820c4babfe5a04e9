import { afterAll, describe, expect, it } from 'vitest'
import {
  checkAgainstOpenApi,
  defineSimulator,
  loadSpecification,
  routesFor,
  type Exchange,
} from '../../src/simulator/index.ts'
import { exchangeOf } from './exchange-of.ts'

const openapi = `${import.meta.dirname}/fixtures/shop.openapi.yaml`
const swagger = `${import.meta.dirname}/fixtures/shop.swagger.json`
const order = { id: 1, total: 1.15, buyer: null }
const client = { 'x-shop-client': 'kontor' }

function found(exchange: Exchange, file = openapi): string[] {
  return checkAgainstOpenApi({ file, exchanges: [exchange] }).violations.map(
    ({ where, message }) => `${where}: ${message}`,
  )
}

describe('OpenAPI 3.0: what fits has no violation', () => {
  it.each([
    exchangeOf({
      target: '/orders?status=open&page=2&ids=1,2&tag=a&tag=b&filter[since]=2026-01-01&gift=true',
      headers: client,
      answer: { results: [order], next: null },
    }),
    exchangeOf({
      target: '/stores/abc/v3/orders?status=open',
      headers: client,
      answer: { results: [{ ...order, parts: [order], state: null }] },
    }),
    exchangeOf({ target: '/orders/7', answer: order, type: 'application/json; charset=utf-8' }),
    exchangeOf({ target: '/orders/7', status: 204 }),
    exchangeOf({ target: '/orders/latest', answer: 'id;total', type: 'text/csv' }),
    exchangeOf({
      method: 'POST',
      target: '/orders',
      headers: { ...client, 'content-type': 'application/json' },
      body: { total: 1, buyer: { name: 'Erika Muster' }, secret: 'x' },
      status: 201,
      answer: order,
    }),
    exchangeOf({
      method: 'POST',
      target: '/labels',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'order=5',
      status: 204,
    }),
  ])('$method $path?$query', (exchange) => {
    expect(found(exchange)).toEqual([])
  })
})

describe('OpenAPI 3.0: deliberate violations are caught', () => {
  const list = { results: [] }
  it.each([
    ['an unknown path', exchangeOf({ target: '/baskets' }), ['path: the specification has no such path']],
    [
      'an unknown method',
      exchangeOf({ method: 'PUT', target: '/orders' }),
      ['method: the specification has this path, but not with this method'],
    ],
    [
      'a missing query parameter',
      exchangeOf({ target: '/orders', headers: client, answer: list }),
      ["query: must have required property 'status'"],
    ],
    [
      'a missing header',
      exchangeOf({ target: '/orders?status=open', answer: list }),
      ["header: must have required property 'X-Shop-Client'"],
    ],
    [
      'an unknown query parameter',
      exchangeOf({ target: '/orders?status=open&colour=red', headers: client, answer: list }),
      ['query: the specification has no query parameter "colour"'],
    ],
    [
      'a query value of the wrong type',
      exchangeOf({ target: '/orders?status=open&page=two', headers: client, answer: list }),
      ['query/page: must be integer'],
    ],
    [
      'a query value out of range',
      exchangeOf({ target: '/orders?status=open&page=0', headers: client, answer: list }),
      ['query/page: must be >= 1'],
    ],
    [
      'a query value that is no member',
      exchangeOf({ target: '/orders?status=eaten', headers: client, answer: list }),
      ['query/status: must be equal to one of the allowed values: ["open","shipped"]'],
    ],
    [
      'a member of a split list',
      exchangeOf({ target: '/orders?status=open&ids=1,b', headers: client, answer: list }),
      ['query/ids/1: must be integer'],
    ],
    [
      'a deep object',
      exchangeOf({ target: '/orders?status=open&filter[since]=soon', headers: client, answer: list }),
      ['query/filter/since: must match format "date"'],
    ],
    ['a path parameter', exchangeOf({ target: '/orders/x', answer: order }), ['path/id: must be integer']],
    [
      'a status',
      exchangeOf({ target: '/orders/latest', status: 500, answer: 'x', type: 'text/csv' }),
      ['response 500: the specification has no answer 500, only: 200'],
    ],
    [
      'a content type',
      exchangeOf({ target: '/orders/7', answer: '<order/>', type: 'application/xml' }),
      ['response 200: content type "application/xml" is not one of: application/json'],
    ],
    ['an empty answer', exchangeOf({ target: '/orders/7' }), ['response 200: the answer has no body']],
    [
      'a body where there is none',
      exchangeOf({ target: '/orders/7', status: 204, answer: order }),
      ['response 204: the answer has a body where the specification has none'],
    ],
    ['a body that is no JSON', exchangeOf({ target: '/orders/7', answer: '{' }), ['response 200: the body is no JSON']],
    [
      'a missing property',
      exchangeOf({ target: '/orders/7', answer: { id: 1, buyer: null } }),
      ["response 200 body: must have required property 'total'"],
    ],
    [
      'an invented property',
      exchangeOf({ target: '/orders/7', answer: { ...order, colour: 'red' } }),
      ['response 200 body: must NOT have additional properties: colour'],
    ],
    [
      'a null that may not be',
      exchangeOf({ target: '/orders/7', answer: { ...order, total: null } }),
      ['response 200 body/total: must be number'],
    ],
    [
      'an excluded border',
      exchangeOf({ target: '/orders/7', answer: { ...order, total: 0 } }),
      ['response 200 body/total: must be > 0'],
    ],
    [
      'a third of a cent',
      exchangeOf({ target: '/orders/7', answer: { ...order, total: 1.005 } }),
      ['response 200 body/total: must be multiple of 0.01'],
    ],
    [
      'a time without a zone',
      exchangeOf({ target: '/orders/7', answer: { ...order, placed: '2026-01-01T00:00:00' } }),
      ['response 200 body/placed: must match format "date-time"'],
    ],
    [
      'deep in a schema that contains itself',
      exchangeOf({ target: '/orders/7', answer: { ...order, parts: [{ ...order, parts: [{ ...order, id: '1' }] }] } }),
      ['response 200 body/parts/0/parts/0/id: must be integer'],
    ],
    [
      'a default answer',
      exchangeOf({ target: '/orders/7', status: 500, answer: { message: 'no' } }),
      ["response 500 body: must have required property 'error'"],
    ],
    [
      'a request body',
      exchangeOf({
        method: 'POST',
        target: '/orders',
        headers: { ...client, 'content-type': 'application/json' },
        body: { total: '1', buyer: null, secret: 'x' },
        status: 201,
        answer: order,
      }),
      ['request body/total: must be number'],
    ],
    [
      'a required request body',
      exchangeOf({ method: 'POST', target: '/orders', headers: client, status: 201, answer: order }),
      ['request body: a body is required'],
    ],
    [
      'a request content type',
      exchangeOf({
        method: 'POST',
        target: '/orders',
        headers: { ...client, 'content-type': 'text/plain' },
        body: 'x',
        status: 201,
        answer: order,
      }),
      ['request body: content type "text/plain" is not one of: application/json'],
    ],
    [
      'a form field',
      exchangeOf({
        method: 'POST',
        target: '/labels',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'order=five',
        status: 204,
      }),
      ['request body/order: must be integer'],
    ],
  ])('%s', (_, exchange, expected) => {
    expect(found(exchange)).toEqual(expected)
  })

  it('names what in the file itself is no schema', () => {
    const specification = loadSpecification(openapi)
    specification.compileAll()
    expect([...specification.defects]).toEqual(['pattern: "["', 'type: "wibble"'])
  })
})

describe('Swagger 2.0', () => {
  it.each([
    [exchangeOf({ target: '/v2/orders/7?states=open,shipped&days=1&days=2', answer: { id: 7, note: null } }), []],
    [
      exchangeOf({ target: '/orders/7?states=open,eaten&days=1', answer: { id: 7 } }),
      ['query/states/1: must be equal to one of the allowed values: ["open","shipped"]'],
    ],
    [exchangeOf({ target: '/orders/7?days=x', answer: { id: 7 } }), ['query/days/0: must be integer']],
    [
      exchangeOf({ target: '/orders/7', answer: { id: '7' } }),
      ["query: must have required property 'days'", 'response 200 body/id: must be integer'],
    ],
    [
      exchangeOf({ method: 'PUT', target: '/orders/7', body: { note: 1, id: 7 }, status: 204 }),
      ['request body/note: must be string,null'],
    ],
    [
      exchangeOf({
        method: 'POST',
        target: '/upload',
        headers: { 'content-type': 'application/json' },
        body: {},
        answer: { task: 1 },
      }),
      ['request body: content type "application/json" is not one of: multipart/form-data'],
    ],
    [
      exchangeOf({
        method: 'POST',
        target: '/upload',
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
        body: '--b\r\ncontent-disposition: form-data; name="row"\r\n\r\n1\r\n--b--\r\n',
        answer: {},
      }),
      [
        "request body: must have required property 'rows'",
        'request body: must NOT have additional properties: row',
        "response 200 body: must have required property 'task'",
      ],
    ],
  ])('%#', (exchange, expected) => {
    expect(found(exchange, swagger)).toEqual(expected)
  })
})

describe('what is counted and what is excepted', () => {
  const wrong = exchangeOf({ target: '/orders/7', answer: { ...order, id: '7' } })

  it('tells equal violations once, with how often and the first exchange', () => {
    const both = {
      results: [
        { ...order, id: 'a' },
        { ...order, id: 'b' },
      ],
    }
    const exchange = exchangeOf({ target: '/orders?status=open', headers: client, answer: both })
    const { violations, covered } = checkAgainstOpenApi({ file: openapi, exchanges: [exchange, exchange] })
    expect(violations).toMatchObject([
      { operation: 'GET /orders', where: 'response 200 body/results/0/id', value: 'a', times: 4, exchange },
    ])
    expect(covered).toEqual(['GET /orders'])
  })

  it('takes out what an exception covers, by method, path, place and message', () => {
    const reason = 'every payload seen has the id as text'
    for (const path of ['/orders/{id}', '/orders/:id', /^\/orders\/\d+$/]) {
      const report = checkAgainstOpenApi({
        file: openapi,
        exchanges: [wrong],
        exceptions: [{ reason, method: 'get', path, where: /body\/id$/, message: /integer/ }],
      })
      expect(report).toMatchObject({ violations: [], excepted: 1 })
    }
  })

  it('tells of an exception that nothing needs, beside what it did not cover', () => {
    const { violations } = checkAgainstOpenApi({
      file: openapi,
      exchanges: [wrong],
      exceptions: [{ reason: 'old news', where: /next/ }],
    })
    expect(violations.map(({ where, message }) => `${where}: ${message}`)).toEqual([
      'response 200 body/id: must be integer',
      'exception: nothing needs this exception any more: old news',
    ])
  })

  it('wants a reason for each exception', () => {
    expect(() => checkAgainstOpenApi({ file: openapi, exchanges: [], exceptions: [{ reason: ' ' }] })).toThrow(
      'has no reason',
    )
  })

  it('skips answers given by a fault or limit on purpose, but still checks what was asked', () => {
    const faulty = exchangeOf({
      target: '/orders/x',
      status: 502,
      answer: '<html>',
      type: 'text/html',
      faults: ['html'],
    })
    const limited = exchangeOf({
      target: '/orders/latest',
      status: 429,
      answer: 'slow',
      type: 'text/plain',
      limit: 'all',
    })
    const report = checkAgainstOpenApi({ file: openapi, exchanges: [faulty, limited] })
    expect(report).toMatchObject({ skippedAnswers: 2, checked: 2 })
    expect(report.violations.map(({ where }) => where)).toEqual(['path/id'])
  })

  it('checks an answer that a fault only delayed or cut into pieces', () => {
    expect(found({ ...wrong, faults: ['delay', 'splitUtf8'] })).toEqual(['response 200 body/id: must be integer'])
  })

  it('does not hold a request against the file that the simulator itself refused, but holds the refusal against it', () => {
    const refused = exchangeOf({ target: '/orders?page=0', headers: client, status: 400, answer: { message: 'no' } })
    const report = checkAgainstOpenApi({ file: openapi, exchanges: [refused] })
    expect(report.skippedRequests).toBe(1)
    expect(report.violations.map(({ where }) => where)).toEqual(['response 400 body'])
  })

  it('looks an exchange up in several files', () => {
    const exchanges = [
      exchangeOf({ target: '/orders/latest', answer: 'x', type: 'text/csv' }),
      exchangeOf({ method: 'PUT', target: '/v2/orders/7', body: { id: 7 }, status: 204 }),
    ]
    expect(checkAgainstOpenApi({ file: [openapi, swagger], exchanges })).toMatchObject({ violations: [], checked: 2 })
  })

  it('takes a base path of the simulator', () => {
    const exchange = exchangeOf({ target: '/shop/api/orders/latest', answer: 'x', type: 'text/csv' })
    expect(checkAgainstOpenApi({ file: openapi, basePath: '/shop/api/', exchanges: [exchange] }).violations).toEqual([])
    expect(found(exchange)).toEqual(['path: the specification has no such path'])
  })
})

describe('a running simulator', () => {
  const route = routesFor<undefined>()
  const starting = defineSimulator<undefined>({
    id: 'shop',
    title: 'Shop',
    world: () => undefined,
    routes: [
      route.get('/orders/:id', ({ params }) => ({ json: { ...order, id: params.id } })),
      route.post('/labels', () => ({ status: 204 })),
    ],
  }).start()
  afterAll(async () => (await starting).close())

  it('is caught when its answers do not fit, and not when its caller sends what fits', async () => {
    const simulator = await starting
    await fetch(`${simulator.url}/orders/7`)
    const form = new FormData()
    form.set('order', '7')
    form.set('file', new File(['x'], 'label.pdf'))
    await fetch(`${simulator.url}/labels`, { method: 'POST', body: form })
    const { violations, covered } = checkAgainstOpenApi({ file: openapi, exchanges: simulator.exchanges.all })
    expect(violations.map(({ operation, where }) => `${operation} ${where}`)).toEqual([
      'GET /orders/{id} response 200 body/id',
    ])
    expect(covered).toEqual(['GET /orders/{id}', 'POST /labels'])
  })
})
