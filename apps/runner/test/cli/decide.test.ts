import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { config, order, Place } from './kontor.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 })

let place: Place
beforeEach(() => {
  place = new Place()
})
afterEach(() => place[Symbol.dispose]())

const waiting = (id: string, more: Record<string, unknown> = {}): unknown =>
  order(id, { acceptance: { value: 'awaiting' }, payment: { value: 'authorized' }, ...more })
const confirmed = (): string[] =>
  readFileSync(join(place.folder, 'till/confirmed.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.replace(/#\d+/, '#'))

test('without a policy a person decides, and is told so', async () => {
  place.write('kontor.yaml', config())
  place.write('till/orders.json', [waiting('1'), waiting('2')])
  await place.kontor('run', '--once')
  expect((await place.kontor('trace', '1')).stdout).toContain(
    'does not go to a warehouse: not accepted yet\n  nobody has decided about it yet; decide with "kontor decide till/1", or state decide.till in the config\n',
  )
  const accepted = await place.kontor('decide', 'No-1', 'accept')
  expect([accepted.code, accepted.stdout]).toEqual([
    0,
    'till/1: accept. It is sent by the runner, or with the next "kontor run --once".\nFollow it with "kontor trace till/1".\n',
  ])
  const refused = await place.kontor('decide', '2', 'refuse', '--reason', 'out_of_stock', '--json')
  expect(JSON.parse(refused.stdout)).toMatchObject({ decision: 'refuse', order: 'till/2', withdrawn: 0 })
  expect((await place.kontor('run', '--once')).code).toBe(0)
  expect(confirmed().toSorted()).toEqual([
    '{"order":"1","entity":"decisions","id":"till/1#"}',
    '{"order":"2","entity":"decisions","id":"till/2#"}',
  ])
  expect((await place.kontor('trace', '1')).stdout).toContain('decided by a person; see its deliveries')
})

test('by rules, what fits none is left to a person with the reason; a person withdraws what was not sent', async () => {
  place.write(
    'kontor.yaml',
    `${config()}decide:\n  till: { accept: rule, notBefore: 100000d, rules: [{ skus: ["SKU-*"], pieces: 2 }] }\n`,
  )
  place.write('till/orders.json', [waiting('1'), waiting('2', { lines: [{ id: '1', sku: 'SKU-1', quantity: 3 }] })])
  await place.kontor('run', '--once')
  expect((await place.kontor('trace', '2')).stdout).toContain(
    'left to a person (rule 1: 3 pieces are more than 2); decide with "kontor decide till/2"',
  )
  expect((await place.kontor('trace', '1')).stdout).toContain('decide.till says accept: rule 1 fits')
  expect((await place.kontor('decide', '1', 'refuse')).stdout).toContain(
    'What the policy had decided and was not sent yet is given up.',
  )
  expect((await place.kontor('run', '--once')).code).toBe(0)
  expect(confirmed()).toEqual(['{"order":"1","entity":"decisions","id":"till/1#"}'])
})

test('what cannot be decided is said before anything is stated', async () => {
  place.write('kontor.yaml', config())
  place.write('till/orders.json', [
    waiting('1', { lines: [{ id: '1', sku: 'SOON', quantity: 1, preorder: true, status: { value: 'on_hold' } }] }),
    order('2'),
  ])
  await place.kontor('run', '--once')
  for (const [given, says] of [
    [['1', 'accept'], 'Only pre-orders of this order wait'],
    [['2', 'confirm-preorder'], 'No pre-order of this order waits to be confirmed.'],
    [['2', 'accept', '--sku', 'OTHER'], 'The order has no line with SKU OTHER. It has SKU-1.'],
    [['2', 'accept', '--quantity', '1'], '--quantity needs --sku.'],
    [['2', 'approve'], 'approve'],
  ] as const) {
    const { code, stderr } = await place.kontor('decide', ...given)
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)])
  }
  expect((await place.kontor('decide', '9', 'accept')).stderr).toContain('No order goes by "9"')
  expect((await place.kontor('deliveries', 'list', '--entity', 'decisions')).stdout).toBe(
    'Nothing is open, nothing is refused.\n',
  )
})

test('an order to a country that no flow takes is told to go nowhere', async () => {
  place.write('kontor.yaml', config().replace('to: shelf, start: all', 'to: shelf, start: all, countries: [FR]'))
  place.write('till/orders.json', [
    order('1', { shipTo: { address: { countryCode: 'CH' } } }),
    order('2'),
    order('3', { shipTo: { address: { countryCode: 'FR' } } }),
  ])
  await place.kontor('run', '--once')
  const said = await Promise.all(['1', '2', '3'].map(async (id) => (await place.kontor('trace', id)).stdout))
  expect(said[0]).toContain('does not go to a warehouse: no flow takes orders to CH')
  expect(said[1]).toContain('does not go to a warehouse: where it goes is not known')
  expect(said[2]).toContain('goes to a warehouse')
})

test('an order from before its flow began says so, in the list and on its trace, and what delivers it does', async () => {
  place.write('kontor.yaml', config().replace('to: shelf, start: all', 'to: shelf'))
  place.write('till/orders.json', [order('1', { orderedAt: '2020-05-01T08:00:00Z' })])
  const reason = 'from before its flow began'
  expect((await place.kontor('plan')).stdout).toMatch(new RegExp(`^till +1 +${reason}`, 'm'))
  await place.kontor('run', '--once')
  expect((await place.kontor('orders', '--json')).stdout).toContain(reason)
  expect((await place.kontor('trace', '1')).stdout).toContain(`does not go to a warehouse: ${reason}`)
  await place.kontor('backfill', '--from', '2020-01-01', '--deliver')
  await place.kontor('run', '--once')
  expect((await place.kontor('orders', '--json')).stdout).not.toContain(reason)
  expect((await place.kontor('trace', '1')).stdout).toMatch(/orders +\S+ +done|shelf .*done/)
})
