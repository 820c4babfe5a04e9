import { request as ask } from 'node:http'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { KontorError, type Webhooks } from '@kontor/core'
import { look } from '../../src/engine/look.ts'
import { listenForWebhooks, webhookUrl } from '../../src/engine/webhooks.ts'
import { listDeliveries } from '../../src/store/queries.ts'
import { onEveryDatabase } from '../databases.ts'
import { createWorld, order, type World } from './world.ts'

/** A shop that signs what it tells with a word, and tells ids. */
const webhooks: Webhooks = {
  receive: async ({ headers, body }) => {
    if (headers.get('x-word') !== 'right')
      throw new KontorError('AUTH_INVALID', { message: 'wrong word', scope: 'record' })
    const text = Buffer.from(body).toString()
    return text.startsWith('whole ')
      ? { records: [order(text.slice(6))] }
      : { records: [], look: [{ ref: { entity: 'orders', id: text }, reason: 'changed' }] }
  },
}

async function listening(
  world: World,
): Promise<{ post: (path: string, body: string, word?: string) => Promise<number>; stop: () => Promise<void> }> {
  const office = world.engine.offices.get('shop')
  if (!office) throw new Error('no office')
  office.parts.webhooks = webhooks
  const end = new AbortController()
  const { promise, resolve } = Promise.withResolvers<number>()
  const ended = listenForWebhooks(world.engine, { host: '127.0.0.1', port: 0 }, end.signal, resolve)
  const port = await promise
  return {
    post: async (path, body, word = 'right') => {
      const call = ask({ host: '127.0.0.1', port, path, method: 'POST', headers: { 'x-word': word } })
      call.on('error', () => undefined)
      call.end(body)
      const [response] = (await once(call, 'response')) as [{ statusCode: number; resume: () => void }]
      response.resume()
      return response.statusCode
    },
    stop: async () => {
      end.abort()
      await ended
    },
  }
}

const flows = [{ entity: 'orders' as const, from: ['shop'], to: ['depot'] }]
const offices = [
  { name: 'shop', yields: ['orders' as const], takes: [] },
  { name: 'depot', yields: [], takes: ['orders' as const] },
]

onEveryDatabase(() => {
  describe('a webhook', () => {
    it('names an id that is read at once, or tells a whole record', async () => {
      await using world = await createWorld(offices, flows)
      const { post, stop } = await listening(world)
      world.system('shop').byId.set('7', order('7'))
      expect(await post('/hooks/shop', '7')).toBe(200)
      const shop = world.engine.offices.get('shop')
      if (shop) await look(world.engine, shop, new AbortController().signal)
      expect(await post('/hooks/shop?again=yes', 'whole 8')).toBe(200)
      await stop()
      await world.deliver('depot')
      expect(world.brought('depot')).toEqual(['shop/7', 'shop/8'])
    })

    it('that comes while the change before it is being read has it read once more', async () => {
      await using world = await createWorld(offices, flows)
      const { post, stop } = await listening(world)
      const shop = world.engine.offices.get('shop')
      const orders = shop?.parts.readers['all']
      if (!shop || !orders) throw new Error('no reader')
      let readings = 0
      shop.parts.readers = {
        all: {
          ...orders,
          async *fetch() {
            readings++
            world.clock.move(1000)
            if (readings === 1) await post('/hooks/shop', '7')
            yield { records: [order('7')] }
          },
        },
      }
      await post('/hooks/shop', '7')
      world.clock.move(1000)
      await look(world.engine, shop, new AbortController().signal)
      await stop()
      expect([readings, await world.store.db.selectFrom('looks').select('id').execute()]).toEqual([2, []])
    })

    it('of a stranger changes nothing and leaves nothing behind', async () => {
      await using world = await createWorld(offices, flows)
      const { post, stop } = await listening(world)
      expect(await post('/hooks/shop', 'whole 9', 'wrong')).toBe(401)
      expect(await post('/hooks/depot', 'whole 9')).toBe(404)
      expect(await post('/hooks/nobody', 'whole 9')).toBe(404)
      expect(await post('/', '')).toBe(404)
      expect(await post('/hooks/shop', 'x'.repeat(1_500_000))).toBe(413)
      await stop()
      expect(await listDeliveries(world.store)).toEqual([])
      expect(await world.store.db.selectFrom('runs').select('id').execute()).toEqual([])
      expect(await world.store.db.selectFrom('looks').select('id').execute()).toEqual([])
    })
  })
})

it('a port that is taken is named, with its key', async () => {
  await using world = await createWorld(offices, flows)
  const end = new AbortController()
  const { promise, resolve } = Promise.withResolvers<number>()
  const first = listenForWebhooks(world.engine, { host: '127.0.0.1', port: 0 }, end.signal, resolve)
  const port = await promise
  await expect(listenForWebhooks(world.engine, { host: '127.0.0.1', port }, end.signal)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    key: 'webhooks.port',
  })
  end.abort()
  await first
})

it('the address a system is told has the name of its connection', () => {
  const settings = { host: '127.0.0.1', port: 8787, url: 'https://kontor.example.com/hooks/' }
  expect(webhookUrl(settings, 'shop')).toBe('https://kontor.example.com/hooks/shop')
})
