import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { KontorError } from '../../src/index.ts'
import { errorOf, httpFor } from '../support/http.ts'
import { json, serve, type TestServer } from '../support/server.ts'

const call = { method: 'GET', path: '/x', effect: 'none', doing: 'read x' } as const

const serveBytes = (bytes: Buffer | string, type: string, status = 200): Promise<TestServer> =>
  serve((_, response) => {
    response.writeHead(status, { 'content-type': type })
    response.end(bytes)
  })

describe('an answer', () => {
  it('comes with numbers as they were written, where money is in them', async () => {
    const server = await serveBytes(
      '{"price":1.10,"big":12345678901234567890,"list":[0.30,1e3],"text":"1.5","none":null}',
      'application/json',
    )
    const { body } = await httpFor(server.origin).http.send({ ...call, numbers: 'text' })
    expect(body).toEqual({ price: '1.10', big: '12345678901234567890', list: ['0.30', '1e3'], text: '1.5', none: null })
  })
  it('keeps a letter whose bytes arrive in two pieces', async () => {
    const bytes = Buffer.from('{"name":"Müller – 日本 😀"}')
    const server = await serve(async (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      for (const byte of bytes) {
        response.write(Buffer.from([byte]))
        await new Promise((resolve) => setImmediate(resolve))
      }
      response.end()
    })
    expect((await httpFor(server.origin).http.send(call)).body).toEqual({ name: 'Müller – 日本 😀' })
  })
  it.each([
    ['text/xml; charset=ISO-8859-1', Buffer.from('<a>Müller</a>', 'latin1')],
    ['text/xml', Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>Müller</a>', 'latin1')],
    ['text/xml', Buffer.from('<a>Müller</a>')],
    ['text/xml; charset=nonsense', Buffer.from('<a>Müller</a>')],
  ])('of type %s is decoded as its bytes are meant', async (type, bytes) => {
    const server = await serveBytes(bytes, type)
    expect((await httpFor(server.origin).http.send({ ...call, as: 'text' })).body).toContain('<a>Müller</a>')
  })
  it('as bytes is what was sent; as none it is not read', async () => {
    const server = await serveBytes(Buffer.from([0, 255, 128]), 'application/octet-stream')
    const { http } = httpFor(server.origin)
    expect((await http.send({ ...call, as: 'bytes' })).body).toEqual(new Uint8Array([0, 255, 128]))
    expect(await http.send({ ...call, as: 'none' })).toMatchObject({ status: 200, body: undefined })
  })
  it('without a body is undefined, and not a mistake', async () => {
    const server = await serve((_, response) => void response.writeHead(204).end())
    expect((await httpFor(server.origin).http.send(call)).body).toBeUndefined()
  })
  it('that does not have its form says where, and not what was there', async () => {
    const server = await serve((_, response) =>
      json(response, { orders: [{ id: 1 }, { id: 'erika.muster@example.com' }] }),
    )
    const schema = z.object({ orders: z.array(z.object({ id: z.number() })) })
    const error = await errorOf(httpFor(server.origin).http.send({ ...call, schema }))
    expect(error).toMatchObject({ code: 'WIRE_MISMATCH', path: 'orders.1.id', scope: 'entity' })
    expect(error.message).not.toContain('erika')
  })
  it('is what its schema makes of it', async () => {
    const server = await serve((_, response) => json(response, { n: 3, more: true }))
    const { body } = await httpFor(server.origin).http.send({
      ...call,
      schema: z.object({ n: z.number().transform((n) => n * 2) }),
    })
    expect(body).toEqual({ n: 6 })
  })
  it.each([
    [200, 'ENDPOINT_MISMATCH'],
    [403, 'ENDPOINT_MISMATCH'],
    [404, 'ENDPOINT_MISMATCH'],
    [401, 'AUTH_INVALID'],
    [500, 'UPSTREAM_UNAVAILABLE'],
    [503, 'UPSTREAM_UNAVAILABLE'],
  ])('that is a web page with %d is %s', async (status, code) => {
    const server = await serveBytes('<!DOCTYPE html><html>Erika Muster</html>', 'text/html', status)
    const error = await errorOf(httpFor(server.origin).http.send(call))
    expect(error.code).toBe(code)
    expect(error.message).not.toContain('Erika')
  })
  it('that is no JSON is a mismatch', async () => {
    const server = await serveBytes('{"a":', 'application/json')
    expect(await errorOf(httpFor(server.origin).http.send(call))).toMatchObject({ code: 'WIRE_MISMATCH' })
  })
  it.each(['declared', 'streamed'])('larger than allowed (%s) is cut off, not read to the end', async (how) => {
    let written = 0
    const server = await serve(async (_, response) => {
      const closed = once(response, 'close')
      response.writeHead(200, {
        'content-type': 'text/plain',
        ...(how === 'declared' ? { 'content-length': String(50_000_000) } : {}),
      })
      for (; written < 50_000_000 && !response.destroyed; written += 100_000)
        if (!response.write('x'.repeat(100_000))) await Promise.race([once(response, 'drain'), closed])
      response.end()
    })
    const error = await errorOf(httpFor(server.origin).http.send({ ...call, as: 'text', maxBytes: 1_000_000 }))
    expect(error).toMatchObject({ code: 'ANSWER_TOO_LARGE' })
    expect(server.seen).toHaveLength(1)
    expect(written).toBeLessThan(20_000_000)
  })
  it('that is small on the wire and huge unpacked is cut off too', async () => {
    const packed = gzipSync(Buffer.alloc(20_000_000))
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' })
      response.end(packed)
    })
    expect(packed.byteLength).toBeLessThan(100_000)
    expect(await errorOf(httpFor(server.origin).http.send({ ...call, as: 'text', maxBytes: 1_000_000 }))).toMatchObject(
      { code: 'ANSWER_TOO_LARGE' },
    )
  })
})

describe('a failure', () => {
  it.each([
    [400, 'REQUEST_REJECTED', 'record'],
    [401, 'AUTH_INVALID', 'connection'],
    [403, 'AUTH_PERMISSION_MISSING', 'entity'],
    [404, 'NOT_FOUND', 'record'],
    [409, 'CONFLICT', 'record'],
    [412, 'CONFLICT', 'record'],
    [418, 'REQUEST_REJECTED', 'record'],
    [422, 'REQUEST_REJECTED', 'record'],
    [451, 'BLOCKED', 'connection'],
    [501, 'UNSUPPORTED', 'record'],
  ])('%d is %s and stops a %s', async (status, code, scope) => {
    const server = await serve((_, response) =>
      json(response, { error: { code: 'E-17', message: 'Erika Muster lives here' } }, status, {
        'x-request-id': 'req-9',
      }),
    )
    const error = await errorOf(httpFor(server.origin).http.send(call))
    expect(error).toMatchObject({
      code,
      scope,
      vendorCode: 'E-17',
      exchange: { method: 'GET', status, requestId: 'req-9' },
    })
    expect(error.message).toContain(`answered ${status} with code E-17`)
    expect(error.message).toContain('req-9')
    expect(JSON.stringify(error)).not.toContain('Erika')
  })
  it('is an answer where the call accepts it', async () => {
    const server = await serve((_, response) => json(response, { gone: true }, 404))
    const { http } = httpFor(server.origin)
    expect(await http.send({ ...call, accept: [404] })).toMatchObject({ status: 404, body: { gone: true } })
    expect(await http.send({ ...call, accept: 'any' })).toMatchObject({ status: 404 })
  })
  it('is shown to the plugin first, with its body', async () => {
    const server = await serve((_, response) => json(response, { reason: 'sku' }, 422))
    const seen: unknown[] = []
    const errors = (failure: { json: unknown; text: string; path: string; doing: string }): KontorError => {
      seen.push([failure.json, failure.text, failure.path, failure.doing])
      return new KontorError('SKU_UNKNOWN', { message: 'no such SKU', path: 'sku' })
    }
    expect(await errorOf(httpFor(server.origin, { errors }).http.send(call))).toMatchObject({
      code: 'SKU_UNKNOWN',
      path: 'sku',
    })
    expect(seen).toEqual([[{ reason: 'sku' }, '{"reason":"sku"}', '/x', 'read x']])
  })
  it('with a huge body costs no more than its beginning', async () => {
    const server = await serveBytes('x'.repeat(5_000_000), 'text/plain', 400)
    let length = 0
    const errors = ({ text }: { text: string }): undefined => void (length = text.length)
    await errorOf(httpFor(server.origin, { errors }).http.send(call))
    expect(length).toBe(65_536)
  })
})
