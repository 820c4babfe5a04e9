import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { definePlugin, isKontorError, KontorError, OfferPrice, Order, Paths, StockLevel, type Page } from '@kontor/core'
import { z } from 'zod'

const Offers = z.record(z.string(), z.object({ quantity: z.int(), price: z.string() }))
type States = 'stock' | 'prices'

/**
 * A market stand that is a folder: offers.json is what it holds, orders.json what it sold. Its twin on the other side, the one who counts, has
 * states.json with stock and prices.
 */
export const stand = definePlugin({
  id: 'stand',
  title: 'Test stand',
  apiVersion: 1,
  description: 'A market stand that is a folder.',
  config: z.strictObject({ folder: z.string() }),
  readers: {
    orders: { yields: ['orders'], checkpoint: z.object({}) },
    states: { yields: ['stock', 'prices'], checkpoint: z.object({}) },
  },
  writers: {
    offers: { takes: ['stock', 'prices'], again: 'safe', after: ['orders'], batch: { max: 100, linger: '30s' } },
  },
  needs: { paths: Paths },
  create({ config, paths, begin }) {
    const file = (name: string): string => join(paths.resolve(config.folder), name)
    const read = <T>(name: string, schema: z.ZodType<T>, otherwise: T): T =>
      existsSync(file(name)) ? schema.parse(JSON.parse(readFileSync(file(name), 'utf8'))) : otherwise
    return {
      check: async () => ({ account: config.folder, problems: [] }),
      readers: {
        orders: {
          async *read(): AsyncGenerator<Page<'orders', Record<never, never>>> {
            yield { records: read('orders.json', z.array(Order), []), checkpoint: {} }
          },
        },
        states: {
          async *read(): AsyncGenerator<Page<States, Record<never, never>>> {
            yield { records: read('states.json', z.array(z.union([StockLevel, OfferPrice])), []), checkpoint: {} }
          },
        },
      },
      writers: {
        offers: {
          async *write(batch) {
            for (const { key, record } of batch) {
              const offers = read('offers.json', Offers, {})
              const offer = offers[record.sku]
              if (!offer) {
                yield {
                  key,
                  is: 'refused',
                  error: new KontorError('SKU_UNKNOWN', { message: `The stand has no offer ${record.sku}.` }),
                }
                continue
              }
              try {
                await begin([{ key }], `change offer ${record.sku}`)
              } catch (error) {
                if (!isKontorError(error) || error.scope !== 'record') throw error
                yield { key, is: 'refused', error }
                continue
              }
              const changed =
                record.entity === 'stock'
                  ? { ...offer, quantity: record.available }
                  : { ...offer, price: record.price.value.amount }
              writeFileSync(file('offers.json'), JSON.stringify({ ...offers, [record.sku]: changed }))
              yield { key, is: 'done' }
            }
          },
          async *holds({ entities }) {
            yield Object.entries(read('offers.json', Offers, {})).flatMap(([sku, { quantity, price }]) => [
              ...(entities.includes('stock') ? [{ entity: 'stock' as const, id: sku, sku, available: quantity }] : []),
              ...(entities.includes('prices')
                ? [
                    {
                      entity: 'prices' as const,
                      id: sku,
                      sku,
                      price: { value: { amount: price, currency: 'EUR' }, taxIncluded: true },
                    },
                  ]
                : []),
            ])
          },
        },
      },
    }
  },
})
export default stand
