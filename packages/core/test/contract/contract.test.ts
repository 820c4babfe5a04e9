import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { definePlugin, issuePath, toMilliseconds, validate, type Plugin } from '../../src/index.ts'

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['0s', 0],
  ])('%s', (text, ms) => expect(toMilliseconds(text)).toBe(ms))
  it.each(['', '10', '10 s', 's', '-1s', '1w', '1e3s', '1s '])('is not %j', (text) =>
    expect(() => toMilliseconds(text)).toThrow(RangeError),
  )
})

describe('a schema of the contract', () => {
  it('answers with the value or with paths', () => {
    const schema = z.object({ lines: z.array(z.object({ price: z.string() })) })
    expect(validate(schema, { lines: [{ price: '1' }] })).toMatchObject({ value: { lines: [{ price: '1' }] } })
    const result = validate(schema, { lines: [{ price: 1 }] })
    expect((result.issues ?? []).map(issuePath)).toEqual(['lines.0.price'])
    expect(issuePath({ path: [{ key: 'a' }, 0, 'b'] })).toBe('a.0.b')
    expect(issuePath({})).toBe('')
  })
  it('answers at once', () => {
    expect(() =>
      validate({ '~standard': { version: 1, vendor: 'test', validate: async () => ({ value: 1 }) } }, 1),
    ).toThrow(TypeError)
  })
})

describe('the types of a plugin', () => {
  const plugin = definePlugin({
    id: 'typed',
    title: 'Typed',
    description: 'For its types.',
    apiVersion: 1,
    config: z.object({ region: z.enum(['eu', 'us']) }),
    limits: { calls: { burst: 1, per: '1s', source: 'test' } },
    readers: { orders: { yields: ['orders'], checkpoint: z.object({ page: z.int() }) } },
    writers: {},
    create: ({ http, config }) => ({
      check: async (signal) => {
        const call = { method: 'GET', path: '/', effect: 'none', doing: 'x' } as const
        // @ts-expect-error -- a bucket that is not stated
        const wrong = (): unknown => http.send({ ...call, take: { cals: 1 } })
        // @ts-expect-error -- a region that is not in the schema
        const never = config.region === 'asia'
        return { problems: [], facts: { wrong: typeof wrong, never: String(never), aborted: String(signal.aborted) } }
      },
      readers: {
        orders: {
          // @ts-expect-error -- a checkpoint of another shape
          async *read() {
            yield { records: [], checkpoint: { pag: 1 } }
          },
          // @ts-expect-error -- a record of an entity it does not yield
          async *fetch() {
            yield { records: [{ entity: 'stock', id: '1', sku: 'S', available: 1 }] }
          },
        },
      },
      writers: {},
    }),
  })
  it('refuse a misspelt bucket, a foreign record and a wrong checkpoint, and any plugin is a Plugin', () => {
    const any: Plugin = plugin
    expect(any.id).toBe('typed')
  })
})
