import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { endpoints, operations } from '../src/tables/endpoints.ts'
import { compareShape, parseItemResults, redactAnswer, wireEvidence } from '../src/wire/index.ts'

const source = join(import.meta.dirname, '..', 'src')

describe('the wire module', () => {
  it('is the only one that knows the names of the vendor’s fields', () => {
    const names = [
      ...new Set(
        Object.values(wireEvidence)
          .flatMap((fields) => Object.keys(fields))
          .flatMap((path) => path.split(/[.[\]]+/)),
      ),
    ].filter((name) => name.includes('_'))
    // What we send and nobody answers.
    names.push('per_page', 'external_reference')
    const paths = operations.map((operation) => endpoints[operation].path)
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !/^(wire|simulator)\//.test(file),
    )
    const found = files.flatMap((file) => {
      const text = paths
        .toSorted((a, b) => b.length - a.length)
        .reduce((rest, path) => rest.replaceAll(path, ''), readFileSync(join(source, file), 'utf8'))
      return names.filter((name) => new RegExp(`\\b${name}\\b`).test(text)).map((name) => `${file}: ${name}`)
    })
    expect(names.length).toBeGreaterThan(30)
    expect(files.length).toBeGreaterThan(30)
    expect(found).toEqual([])
  })

  it('says of every operation and field how certain it is', () => {
    for (const operation of operations) expect(Object.keys(wireEvidence[operation]).length).toBeGreaterThan(0)
    const { evidence: certainty } = endpoints.createLabel
    expect(Object.values(wireEvidence.createLabel).every(({ evidence }) => evidence === certainty)).toBe(true)
    expect(wireEvidence.listReturns['customer_returns[].order_number']).toEqual({
      evidence: 'observed',
      callers: 4,
      types: ['string'],
    })
  })
})

describe('comparing the form of an answer with what we believe', () => {
  it('does not hold an empty list against its members, nor an absent customer against its fields', () => {
    const { unknown, absent, otherType } = compareShape('listReturns', {
      customer_returns: [],
      total_count: 0,
      current_page: 1,
      total_pages: 0,
    })
    expect([unknown, absent, otherType]).toEqual([[], [], []])
  })

  it('names a new object once, and what is expected and absent', () => {
    const { unknown, absent } = compareShape('getReturn', {
      customer_return: { id: 1, meta: { a: 1, b: { c: 2 } }, customer: null, items: [] },
    })
    expect(unknown).toEqual([{ path: 'customer_return.meta', types: ['object'] }])
    expect(absent.map(({ path }) => path)).toContain('customer_return.order_number')
    expect(absent.some(({ path }) => path.startsWith('customer_return.customer.'))).toBe(false)
  })

  it('sees the results of a booking', () => {
    expect(compareShape('updateReturnItems', [{ id: 1, sku: 'A', status: 'success', message: '' }])).toEqual({
      unknown: [],
      absent: [],
      otherType: [],
    })
  })
})

describe('a redacted answer', () => {
  it('keeps form, times, vocabulary and small numbers, and no value of a person', () => {
    expect(
      redactAnswer({
        id: 900101,
        price: '39.95',
        weight: 1.25,
        page: 2,
        done: true,
        gone: null,
        status: 'in review',
        at: '2026-10-05T16:40:12.000+02:00',
        mail: 'a@b.de',
        link: 'https://shop.de/erika',
        text: 'Straße 12',
        'erika muster': 1,
      }),
    ).toEqual({
      id: 111111,
      price: '11.11',
      weight: 1.11,
      page: 2,
      done: true,
      gone: null,
      status: 'in review',
      at: '2026-10-05T16:40:12.000+02:00',
      mail: 'erika@example.com',
      link: 'https://example.com/x',
      text: 'xxxxxx 11',
      'xxxxx xxxxxx': 1,
    })
  })
})

describe('the results of a booking', () => {
  it('are read by SKU; another answer is none, and a word nobody told us about is neither success nor failure', () => {
    expect(
      parseItemResults([
        { sku: 'A', status: 'success', message: 'ok' },
        { sku: 'B', status: 'queued' },
      ]),
    ).toEqual([
      { sku: 'A', succeeded: true, message: 'ok' },
      { sku: 'B', succeeded: undefined, message: undefined },
    ])
    expect(parseItemResults({ items: [] })).toBeUndefined()
    expect(parseItemResults('ok')).toBeUndefined()
  })
})
