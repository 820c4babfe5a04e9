import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isKontorError } from '../../src/index.ts'
import { createRedactor, planJournal } from '../../src/host/index.ts'
import { allowHosts } from '../../src/http/hosts.ts'
import { fixedAuthorizer } from '../../src/http/index.ts'
import { errorOf, httpFor } from '../support/http.ts'
import { json, serve } from '../support/server.ts'

const call = { method: 'GET', path: '/x', effect: 'none', doing: 'read x' } as const
const asMe = () =>
  fixedAuthorizer(
    () => ({ headers: { authorization: 'Bearer my-secret-token' }, query: { pwd: 'my-query-secret' } }),
    createRedactor(),
  )

/** Where an address leads, or the code it is refused with. */
function originOrCode(address: () => URL): string {
  try {
    return address().origin
  } catch (error) {
    return isKontorError(error) ? error.code : 'no error of ours'
  }
}

describe('where calls may go', () => {
  it('is the base, or a whole address on an api host', async () => {
    const server = await serve(({ path }, response) => json(response, path))
    const { http } = httpFor(server.origin, { hosts: { api: [`${server.origin}/v2/`] } })
    expect(
      (
        await http.send({
          ...call,
          path: '/orders?page=1',
          query: { page: 2, tag: ['a', 'b'], none: undefined, flag: true },
        })
      ).body,
    ).toBe('/v2/orders?page=2&tag=a&tag=b&flag=true')
    expect((await http.send({ ...call, path: 'orders' })).body).toBe('/v2/orders')
    expect((await http.send({ ...call, path: `${server.origin}/next?cursor=1` })).body).toBe('/next?cursor=1')
  })
  it.each([
    'https://evil.example/x',
    'http://api.example/x',
    'https://api.example:444/x',
    'https://api.example@evil.example/x',
    'https://user:pw@api.example/x',
    'ftp://api.example/x',
    'https://api.example.evil.example/',
  ])('is not %s', async (path) => {
    const { http, begun } = httpFor('https://api.example', {
      fetch: () => Promise.reject(new Error('must not be called')),
    })
    const error = await errorOf(http.send({ ...call, effect: 'repeatable', path }))
    expect(error.code).toBe('HOST_NOT_ALLOWED')
    expect(begun).toEqual([])
  })
  it('is the base for every path, whatever is in it', () => {
    const hosts = allowHosts({ api: ['https://api.example'] }, String)
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.stringMatching(/^[a-z0-9:@?#%.\\/-]{0,30}$/),
          fc.constantFrom(
            '//evil.example/x',
            '/\\evil.example',
            '@evil.example',
            '\\\\evil.example',
            '?a=b',
            '#x',
            ':444/x',
            '.evil.example',
          ),
        ),
        (path) => {
          expect(['https://api.example', 'INTERNAL', 'HOST_NOT_ALLOWED']).toContain(originOrCode(() => hosts.api(path)))
        },
      ),
    )
  })
  it.each(['/orders/../users', '/orders/%2e%2e/users', '/orders/..', '/./x', '/a\\..\\b'])(
    'is never another endpoint than the one that stands there: %s',
    (path) => {
      expect(() => allowHosts({ api: ['https://api.example'] }, String).api(path)).toThrow(
        expect.objectContaining({ code: 'INTERNAL' }),
      )
    },
  )
  it('is not http, but on this machine', () => {
    expect(() => allowHosts({ api: ['http://api.example'] }, String)).toThrow(
      expect.objectContaining({ code: 'HOST_NOT_ALLOWED' }),
    )
    expect(allowHosts({ api: ['http://localhost:1'] }, String).api('/').href).toBe('http://localhost:1/')
    expect(allowHosts({ api: ['api.example'] }, String).api('/').href).toBe('https://api.example/')
  })
})

describe('a redirect', () => {
  it('within the system is followed, with the credentials', async () => {
    const server = await serve(({ path, headers }, response) =>
      path.startsWith('/x')
        ? void response.writeHead(302, { location: '/y?z=1' }).end()
        : json(response, [path, headers.authorization]),
    )
    const { http } = httpFor(server.origin, { authorizer: asMe() })
    expect((await http.send(call)).body).toEqual(['/y?z=1&pwd=my-query-secret', 'Bearer my-secret-token'])
  })
  it('to another host is refused, and nothing goes there', async () => {
    const other = await serve((_, response) => json(response, {}))
    const server = await serve(
      (_, response) => void response.writeHead(302, { location: `${other.origin}/steal?token=abcdefgh` }).end(),
    )
    const error = await errorOf(httpFor(server.origin, { authorizer: asMe() }).http.send(call))
    expect(error).toMatchObject({ code: 'ENDPOINT_MISMATCH', exchange: { status: 302 } })
    expect(error.message).not.toContain('abcdefgh')
    expect(other.seen).toEqual([])
  })
  it('is followed three times and no further', async () => {
    const server = await serve((_, response) => void response.writeHead(301, { location: '/again' }).end())
    expect(await errorOf(httpFor(server.origin).http.send(call))).toMatchObject({ code: 'ENDPOINT_MISMATCH' })
    expect(server.seen).toHaveLength(4)
  })
  it('of a call with an effect is not followed: it would be a second call', async () => {
    const server = await serve((_, response) => void response.writeHead(307, { location: '/elsewhere' }).end())
    expect(
      await errorOf(httpFor(server.origin).http.send({ ...call, method: 'POST', json: {}, effect: 'once' })),
    ).toMatchObject({ code: 'ENDPOINT_MISMATCH' })
    expect(await errorOf(httpFor(server.origin).http.send({ ...call, effect: 'repeatable' }))).toMatchObject({
      code: 'ENDPOINT_MISMATCH',
    })
    expect(server.seen).toHaveLength(2)
  })
  it('is an answer where the call asks for it', async () => {
    const server = await serve((_, response) => void response.writeHead(303, { location: '/job/7' }).end())
    const { status, headers } = await httpFor(server.origin).http.send({ ...call, accept: [303] })
    expect([status, headers.get('location')]).toEqual([303, '/job/7'])
  })
})

describe('a document', () => {
  it('is fetched without credentials, with name, type and digest', async () => {
    const server = await serve(({ headers, path }, response) => {
      response.writeHead(200, {
        'content-type': 'Application/PDF; x=y',
        'content-disposition': `attachment; filename="../../Rechnung 7.pdf"`,
      })
      response.end(
        JSON.stringify([headers.authorization ?? null, headers['user-agent'], headers['x-shop'] ?? null, path]),
      )
    })
    const { http } = httpFor('https://api.example', {
      hosts: { api: ['https://api.example'], files: [server.origin] },
      authorizer: asMe(),
      headers: { 'User-Agent': 'kontor-test', 'x-shop': '7' },
    })
    const file = await http.file(`${server.origin}/docs/7?signature=abc`)
    expect(file).toMatchObject({
      name: 'Rechnung 7.pdf',
      mediaType: 'application/pdf',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(JSON.parse(Buffer.from(file.bytes).toString())).toEqual([null, 'kontor-test', null, '/docs/7?signature=abc'])
  })
  it.each([
    ['https://files.shop.example/a', true],
    ['https://a.b.shop.example/a', true],
    ['https://shop.example/a', false],
    ['https://evilshop.example/a', false],
    ['https://shop.example.evil.example/a', false],
    ['http://files.shop.example/a', false],
    ['https://files.shop.example:8443/a', false],
    ['https://user:pw@files.shop.example/a', false],
    ['https://api.shop2.example/a', false],
    ['https://exact.example/a', true],
    ['file:///etc/passwd', false],
    ['nonsense', false],
  ])('at %s: %s', (url, allowed) => {
    const hosts = allowHosts(
      { api: ['https://api.shop2.example'], files: ['*.shop.example', 'https://exact.example'] },
      String,
    )
    expect(originOrCode(() => hosts.file(url))).toBe(allowed ? new URL(url).origin : 'HOST_NOT_ALLOWED')
  })
  it('may move to another host documents come from, and to no other', async () => {
    const store = await serve((_, response) => void response.end('bytes'))
    const evil = await serve((_, response) => void response.end('bytes'))
    const server = await serve(
      ({ path }, response) =>
        void response.writeHead(302, { location: path === '/good' ? store.origin : evil.origin }).end(),
    )
    const { http } = httpFor('https://api.example', {
      hosts: { api: ['https://api.example'], files: [server.origin, store.origin] },
    })
    expect(Buffer.from((await http.file(`${server.origin}/good`)).bytes).toString()).toBe('bytes')
    expect(await errorOf(http.file(`${server.origin}/bad`))).toMatchObject({ code: 'ENDPOINT_MISMATCH' })
    expect(evil.seen).toEqual([])
  })
  it('whose address has lapsed says so, and is tried again where the store has trouble', async () => {
    const server = await serve(
      ({ path }, response, number) => void response.writeHead(path === '/old' ? 403 : number < 2 ? 503 : 200).end('ok'),
    )
    const { http } = httpFor('https://api.example', { hosts: { api: ['https://api.example'], files: [server.origin] } })
    expect(await errorOf(http.file(`${server.origin}/old`))).toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('no longer'),
    })
    await http.file(`${server.origin}/new`)
    expect(server.seen).toHaveLength(3)
  })
  it('larger than allowed is refused', async () => {
    const server = await serve((_, response) => void response.end('x'.repeat(2000)))
    const { http } = httpFor('https://api.example', { hosts: { api: ['https://api.example'], files: [server.origin] } })
    expect(await errorOf(http.file(server.origin, { maxBytes: 1000 }))).toMatchObject({ code: 'ANSWER_TOO_LARGE' })
  })
  it('is uploaded without credentials, noted before, and not at all in plan mode', async () => {
    const server = await serve((_, response) => void response.writeHead(200).end())
    const hosts = { api: ['https://api.example'], files: [server.origin] }
    const { http, begun } = httpFor('https://api.example', { hosts, authorizer: asMe() })
    await http.upload(`${server.origin}/put?sig=1`, {
      data: Buffer.from('feed'),
      type: 'text/csv',
      headers: { 'x-md5': 'abc' },
    })
    expect(server.seen).toMatchObject([
      { method: 'PUT', path: '/put?sig=1', body: 'feed', headers: { 'content-type': 'text/csv', 'x-md5': 'abc' } },
    ])
    expect(server.seen[0]?.headers.authorization).toBeUndefined()
    expect(begun).toMatchObject([{ keys: [], effect: 'repeatable', url: `${server.origin}/put?sig=***` }])
    const planned = httpFor('https://api.example', { hosts, journal: planJournal() })
    expect(
      await errorOf(planned.http.upload(`${server.origin}/put`, { data: new Uint8Array(), type: 'text/csv' })),
    ).toMatchObject({ code: 'PLAN_MODE' })
    expect(server.seen).toHaveLength(1)
  })
})

describe('credentials', () => {
  it('go with every call but an anonymous one', async () => {
    const server = await serve(({ headers, path }, response) => json(response, [headers.authorization ?? null, path]))
    const { http } = httpFor(server.origin, { authorizer: asMe() })
    expect((await http.send({ ...call, query: { a: 1 } })).body).toEqual([
      'Bearer my-secret-token',
      '/x?a=1&pwd=my-query-secret',
    ])
    expect((await http.send({ ...call, anonymous: true })).body).toEqual([null, '/x'])
  })
  it('that no header can carry are called malformed, and not shown', async () => {
    const authorizer = fixedAuthorizer(() => ({ headers: { authorization: 'Bearer bad\nsecret' } }), createRedactor())
    const error = await errorOf(
      httpFor('https://api.example', { authorizer, fetch: () => Promise.reject(new Error('no')) }).http.send(call),
    )
    expect(error).toMatchObject({ code: 'SECRET_MALFORMED', key: 'credentials' })
    expect(error.message).not.toContain('secret')
  })
})
