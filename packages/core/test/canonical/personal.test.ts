import { expect, test } from 'vitest'
import { z } from 'zod'
import {
  entities,
  recordSchemas,
  withoutPersonalData,
  type AnyRecord,
  type Entity,
  type Order,
} from '../../src/index.ts'

/** A value with every field there is, in which personal ones say so and of what kind: made from the schema, so that no field can be forgotten. */
function filled(schema: z.core.$ZodType): unknown {
  const kind = z.globalRegistry.get(schema)?.['pii']
  if (typeof kind === 'string') return `personal ${kind}`
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return filled(schema.unwrap())
  if (schema instanceof z.ZodArray) return [filled(schema.element)]
  if (schema instanceof z.ZodUnion) return filled(schema.options[0] ?? z.string())
  if (!(schema instanceof z.ZodObject)) return 'fact'
  const fields: Record<string, z.core.$ZodType> = schema.shape
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, filled(field)]))
}
const example = (entity: Entity): AnyRecord =>
  ({ ...(filled(recordSchemas[entity]) as object), entity }) as unknown as AnyRecord
const count = (value: unknown, word: string): number => JSON.stringify(value).split(`"${word}`).length - 1

test.each(entities)('%s lose every personal field and no other', (entity) => {
  const whole = example(entity)
  const left = withoutPersonalData(whole)
  expect(count(left, 'personal')).toBe(count(left, 'personal device'))
  expect(count(left, 'fact')).toBe(count(whole, 'fact'))
})

test('an order has personal fields of every kind that is emptied', () => {
  const text = JSON.stringify([example('orders'), example('returns')])
  for (const kind of ['name', 'email', 'phone', 'address', 'taxId', 'freeText', 'image'])
    expect(text).toContain(`personal ${kind}`)
})

test('a kind may stay where something depends on it; what was empty stays empty', () => {
  const order: Order = {
    entity: 'orders',
    id: '1',
    buyer: { fullName: 'Erika Muster', email: 'erika@example.com', phone: null },
    lines: [{ id: '1', sku: 'A', quantity: 1 }],
  }
  expect(withoutPersonalData<'orders'>(order, ['email'])).toEqual({
    ...order,
    buyer: { email: 'erika@example.com', phone: null },
  })
})
