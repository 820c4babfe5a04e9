import { connect } from '@kontor/core/host'
import { describe, expect, it } from 'vitest'
import eightReturns, { describeDifferences, compareShape } from '../src/index.ts'
import { collect, receiptFor } from './portal.ts'

const {
  EIGHTRETURNS_API_KEY: apiKey,
  EIGHTRETURNS_PASSWORD: password,
  EIGHTRETURNS_TOKEN: token,
  EIGHTRETURNS_BASE_URL: baseUrl,
} = process.env
const { EIGHTRETURNS_ALLOW_WRITE: allowWrite, EIGHTRETURNS_RETURN_ID: returnId, EIGHTRETURNS_SKU: sku } = process.env
const credentials = token ? { token } : apiKey && password ? { apiKey, password } : undefined

const open = () =>
  connect(eightReturns, {
    config: { ...(baseUrl ? { baseUrl } : {}), pageSize: 5, check: { readOne: true } },
    credentials: credentials ?? {},
  })

/** The same promises against a real account: what the first one shows turns assumption into knowledge. */
describe.skipIf(credentials === undefined)(
  'a live account (skipped without EIGHTRETURNS_TOKEN, or EIGHTRETURNS_API_KEY and EIGHTRETURNS_PASSWORD)',
  () => {
    it('is reached, may be read, and answers in the form we believe in', async () => {
      await using live = await open()
      const { problems } = await live.check()
      expect(problems.filter(({ level }) => level !== 'info')).toEqual([])
      const recorded = await live.actions['record']?.({ arguments: { rows: '5' } })
      expect(recorded).toMatchObject({ answers: [{ differences: [] }, { differences: [] }] })
    })

    it('tells a page of returns, each of which can be read again by its id', async () => {
      await using live = await open()
      for await (const page of live.readers.returns.read({ since: new Date(Date.now() - 90 * 86_400_000) })) {
        expect(page.rejected ?? []).toEqual([])
        const [one] = page.records
        if (one === undefined) return
        const again = await collect(
          live.readers.returns.fetch?.([{ entity: 'returns', id: one.id, numbers: one.numbers ?? [] }]) ?? [],
        )
        expect(again[0]?.records[0]?.id).toBe(one.id)
        return
      }
    })

    it.skipIf(allowWrite !== '1' || !returnId || !sku)(
      'books one named item as arrived, once (only with EIGHTRETURNS_ALLOW_WRITE=1, EIGHTRETURNS_RETURN_ID and EIGHTRETURNS_SKU)',
      async () => {
        await using live = await open()
        const [intake] = await collect(live.readers.returns.fetch?.([{ entity: 'returns', id: returnId ?? '' }]) ?? [])
        const about = intake?.records[0]
        if (about === undefined) throw new Error('the return does not exist')
        const delivery = receiptFor(about, [{ sku: sku ?? '', quantity: 1, outcome: 'arrived' }])
        expect(['done', 'already']).toContain((await collect(live.writers.receipts.write([delivery])))[0]?.is)
        expect(await collect(live.writers.receipts.write([{ ...delivery, known: {} }]))).toMatchObject([
          { is: 'already' },
        ])
      },
    )
  },
)

it('the comparison with what we believe can be used by programs', () => {
  expect(describeDifferences(compareShape('listReturns', { customer_returns: [], total_count: '0' }))).toContain(
    'field total_count is string, expected integer',
  )
})
