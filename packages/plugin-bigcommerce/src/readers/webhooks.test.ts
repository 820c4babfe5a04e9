import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openShop } from '../../test/shop.ts'

const Signed = z.object({ headers: z.record(z.string(), z.string()), body: z.string() })
const webhookUrl = 'https://kontor.example.com/hooks/shop'
const signal = new AbortController().signal

async function opened(config: object = {}) {
  const world = await openShop({ config })
  expect(await world.connection.ensure?.({ webhookUrl })).toEqual([])
  const signed = (input: object) => Signed.parse(world.shop.act('webhook', input))
  const receive = async ({ headers, body }: z.infer<typeof Signed>) => {
    const intake = await world.connection.webhooks?.receive(
      { method: 'POST', headers: new Headers(headers), query: new URLSearchParams(), body: Buffer.from(body) },
      signal,
    )
    return intake?.look?.map(({ ref }) => `${ref.entity} ${ref.id}`)
  }
  return { world, signed, receive, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() }
}

describe('webhooks', () => {
  it('are hints: each names what is to be read, and a doubled one says the same', async () => {
    await using open = await opened()
    const { signed, receive } = open
    const event = signed({ scope: 'store/order/updated', id: 5 })
    expect(await receive(event)).toEqual(['orders 5'])
    expect(await receive(event)).toEqual(['orders 5'])
    expect(await receive(signed({ scope: 'store/order/refund/created', id: 5, refund: 77 }))).toEqual([
      'refunds 77',
      'orders 5',
    ])
  })

  it('with a changed body, a wrong signature, a wrong secret or an old time are refused', async () => {
    await using open = await opened()
    const { world, signed, receive } = open
    const event = signed({ scope: 'store/order/updated', id: 5 })
    const refused = { code: 'AUTH_INVALID' }
    await expect(receive({ ...event, body: event.body.replace('"id":5', '"id":6') })).rejects.toMatchObject(refused)
    await expect(
      receive({ ...event, headers: { ...event.headers, 'webhook-signature': 'v1,AAAA' } }),
    ).rejects.toMatchObject(refused)
    await expect(
      receive({ ...event, headers: { ...event.headers, 'x-kontor-secret': 'other' } }),
    ).rejects.toMatchObject(refused)
    await world.shop.clock.advance(6 * 60_000)
    await expect(receive(event)).rejects.toMatchObject(refused)
  })

  it('without a signature are taken by our secret alone, unless a signature is required', async () => {
    const withoutSignature = ({ headers, body }: z.infer<typeof Signed>) => ({
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('webhook-'))),
      body,
    })
    await using some = await opened()
    expect(await some.receive(withoutSignature(some.signed({ scope: 'store/order/created', id: 5 })))).toEqual([
      'orders 5',
    ])
    await using strict = await opened({ webhooks: { signature: 'required' } })
    await expect(
      strict.receive(withoutSignature(strict.signed({ scope: 'store/order/created', id: 5 }))),
    ).rejects.toMatchObject({ code: 'AUTH_INVALID' })
  })

  it('about another store, or of another form, are refused', async () => {
    await using open = await opened()
    const { signed, receive } = open
    const { headers } = signed({ scope: 'store/order/created', id: 5 })
    const unsigned = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('webhook-')))
    await expect(
      receive({ headers: unsigned, body: '{"scope":"store/order/created","producer":"stores/other","data":{"id":5}}' }),
    ).rejects.toMatchObject({ code: 'AUTH_INVALID' })
    await expect(receive({ headers: unsigned, body: 'no json' })).rejects.toMatchObject({ code: 'WIRE_MISMATCH' })
  })

  it('are created once, and switched on again when BigCommerce has switched them off', async () => {
    await using open = await opened()
    const { world } = open
    expect(world.shop.truth.count('hook')).toBe(4)
    expect(await world.connection.ensure?.({ webhookUrl })).toEqual([])
    expect(world.shop.truth.count('hook')).toBe(4)
    world.shop.act('deactivate-hooks')
    const problems = await world.connection.ensure?.({ webhookUrl })
    expect(problems?.length).toBe(4)
    expect(problems?.[0]?.message).toContain('had switched off')
    expect(world.shop.world.hooks.every((hook) => hook.is_active)).toBe(true)
    expect(world.shop.truth.count('hook')).toBe(4)
  })

  it('are not created without a public https address, and a blocked one is told', async () => {
    await using world = await openShop()
    expect(await world.connection.ensure?.({})).toEqual([])
    expect(await world.connection.ensure?.({ webhookUrl: 'http://localhost:8080/x' })).toMatchObject([
      { level: 'warning' },
    ])
    world.shop.world.blockedDomains.push('kontor.example.com')
    expect(await world.connection.ensure?.({ webhookUrl })).toMatchObject([{ level: 'warning' }])
    expect(world.shop.world.hooks.length).toBe(4)
  })
})
