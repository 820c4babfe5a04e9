import { readFileSync } from 'node:fs'
import { checkAgainstOpenApi, NO_SPECS, specsFolder, type SpecificationException } from '@kontor/testkit/simulator'
import { describe, expect, it } from 'vitest'
import { EightReturnsConfig } from '../src/config.ts'
import { toReturn } from '../src/mapping/index.ts'
import { compareShape, WirePage, WireReturn } from '../src/wire/index.ts'
import { openPortal, receiptFor } from './portal.ts'

const specs = specsFolder()
const folder = `${specs}/8returns-observed`
const exceptions: SpecificationException[] = [
  {
    reason: 'the file has text here, its own sample has null',
    path: /^\/v1\/customer_returns/,
    where: /customer\/notes$/,
  },
]

describe.skipIf(specs === undefined)(`the interface as observed (skipped where ${NO_SPECS})`, () => {
  it('agrees with what is asked and what the simulator answers, assumed operations included', async () => {
    await using world = await openPortal({
      options: { returns: 7, assume: true, scopes: 'returns,customers,labels,orders' },
      config: { pageSize: 3, allowAssumed: true, gradeMap: { b: 'B-Ware' } },
    })
    await world.read()
    const about = await world.register({ sku: 'A', quantity: 2 }, { sku: 'B', quantity: 1 }, { sku: 'C', quantity: 1 })
    await world.write(
      receiptFor(about, [
        { sku: 'A', quantity: 2, outcome: 'inspected', grade: { value: 'b' }, note: 'ohne Etikett' },
        { sku: 'B', quantity: 1, outcome: 'arrived' },
        { sku: 'C', quantity: 1, outcome: 'missing' },
      ]),
    )
    await world.act('createReturn', {
      order: 'R7001',
      items: 'A:1',
      reference: 'k-1',
      email: 'erika@example.com',
      reason: 'zu klein',
      wants: 'refund',
      note: 'x',
    })
    await world.act('createLabel', { return: about.id, carrier: 'dhl', format: 'pdf' })
    await world.act('createLabel', { return: about.id })
    await world.act('findOrders', { search: 'R7001' })
    await world.check()
    const { violations, covered } = checkAgainstOpenApi({
      file: `${folder}/8returns-observed.openapi.yaml`,
      exchanges: world.portal.exchanges.all,
      exceptions,
    })
    expect(violations.map(({ operation, where, message, value }) => ({ operation, where, message, value }))).toEqual([])
    expect(covered.toSorted()).toEqual([
      'GET /v1/customer_returns',
      'GET /v1/customer_returns/{id}',
      'GET /v1/orders',
      'PATCH /v1/customer_returns/{id}/items',
      'POST /v1/customer_returns',
      'POST /v1/customer_returns/{id}/labels',
    ])
  })

  it('has a sample that is read whole, and whose form is the one we believe in', () => {
    const sample: unknown = JSON.parse(readFileSync(`${folder}/list-response.sample.json`, 'utf8'))
    const { rows, pages } = WirePage.parse(sample)
    const records = rows.map((row) =>
      toReturn(WireReturn.parse(row), EightReturnsConfig.parse({ pii: { customer: true } })),
    )
    expect(pages).toBe(1)
    expect(records[0]).toMatchObject({
      id: '900101',
      logistics: { value: 'partially_received' },
      customer: { fullName: 'Erika Mustermann' },
      lines: [{ quantity: { received: 1 } }, { quantity: { received: 0 }, requestedResolution: { value: 'exchange' } }],
    })
    const { unknown, otherType } = compareShape('listReturns', sample)
    expect([unknown, otherType]).toEqual([[], []])
  })
})
