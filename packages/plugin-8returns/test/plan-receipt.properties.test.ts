import { createClock, createRandom } from '@kontor/testkit/simulator'
import { isKontorError, type Receipt } from '@kontor/core'
import { assert, array, boolean, constantFrom, integer, option, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EightReturnsConfig } from '../src/config.ts'
import { book } from '../src/simulator/book.ts'
import { Options } from '../src/simulator/options.ts'
import { showReturn } from '../src/simulator/show.ts'
import { emptyWorld, registerReturn } from '../src/simulator/world.ts'
import { WireReturn } from '../src/wire/index.ts'
import { isSettled, planReceipt, type ReceiptPlan } from '../src/writers/plan-receipt.ts'

const config = EightReturnsConfig.parse({ gradeMap: { a: 'A' }, rejectedCondition: 'No' })
const options = Options.parse({})
const sku = constantFrom('A', 'B', 'C')
const items = array(
  record({
    sku,
    quantity: integer({ min: 1, max: 3 }),
    stage: constantFrom('open', 'arrived', 'inspected', 'cancelled'),
  }),
  { minLength: 1, maxLength: 5 },
)
const lines = array(
  record({
    sku,
    named: option(integer({ min: 0, max: 4 })),
    quantity: integer({ min: 0, max: 4 }),
    outcome: constantFrom('arrived', 'inspected', 'accepted', 'rejected', 'missing'),
  }),
  { minLength: 1, maxLength: 4 },
)

/** A return that stands as drawn, and the receipt about it. */
function scene(drawn: {
  items: { sku: string; quantity: number; stage: string }[]
  lines: { sku: string; named: number | null; quantity: number; outcome: Receipt['lines'][number]['outcome'] }[]
}) {
  const world = emptyWorld()
  const clock = createClock({ rate: 'manual' })
  const one = registerReturn(world, createRandom(1), clock, { items: drawn.items })
  for (const [index, item] of one.items.entries()) {
    const stage = drawn.items[index]?.stage
    if (stage === 'arrived' || stage === 'inspected') item.arrived = 1
    if (stage === 'inspected') item.inspected = 1
    if (stage === 'cancelled') item.cancelled = 1
  }
  const receipt: Receipt = {
    entity: 'receipts',
    id: 'r',
    about: { entity: 'returns', id: String(one.id) },
    lines: drawn.lines.map((line) => {
      const named = line.named === null ? undefined : one.items[line.named]
      return {
        ...(named ? { returnLineId: String(named.id) } : { sku: line.sku }),
        quantity: line.quantity,
        outcome: line.outcome,
      }
    }),
  }
  return { world, one, receipt, state: (): WireReturn => WireReturn.parse(showReturn(one, options)) }
}

function planned(plan: () => ReceiptPlan): ReceiptPlan | undefined {
  try {
    return plan()
  } catch (error) {
    if (isKontorError(error) && error.scope === 'record') return undefined
    throw error
  }
}

describe('whatever the return and the receipt are', () => {
  it('a plan names each SKU once and takes no more pieces than are open; the system books all of it, and then it is so', () => {
    let sent = 0
    assert(
      property(record({ items, lines, attempted: boolean() }), ({ attempted, ...drawn }) => {
        const { world, one, receipt, state } = scene(drawn)
        const plan = planned(() => planReceipt(receipt, state(), config, attempted))
        if (plan === undefined) return
        if (plan.book.length > 0) sent += 1
        expect(new Set(plan.book.map((entry) => entry.sku)).size).toBe(plan.book.length)
        for (const { sku: booked, quantity, as: status, condition } of plan.book)
          expect(book(world, one, { sku: booked, quantity, status, condition }, 2)).toEqual({ pieces: quantity })
        const after = planned(() => planReceipt(receipt, state(), config, true))
        const unsettled = after?.wanted.filter((wanted) => wanted.as !== 'missing' && !isSettled(wanted))
        expect(unsettled ?? []).toEqual([])
        expect(after?.book ?? []).toEqual([])
      }),
      { numRuns: 2000 },
    )
    // Most receipts drawn this way are refused (some 95 of 100); enough are not.
    expect(sent).toBeGreaterThan(30)
  })

  it('what nobody named is left as it is', () => {
    assert(
      property(record({ items, lines }), (drawn) => {
        const { receipt, state, one } = scene(drawn)
        const plan = planned(() => planReceipt(receipt, state(), config, false))
        const named = new Set(
          receipt.lines.map((line) => line.sku ?? one.items.find(({ id }) => String(id) === line.returnLineId)?.sku),
        )
        for (const entry of plan?.book ?? []) expect(named.has(entry.sku)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
