import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createClock } from '@kontor/testkit/simulator'
import { z } from 'zod'
import { createPluginLoader } from '../../src/cli/installed.ts'
import { createSecretSource, readConfig } from '../../src/config/index.ts'
import type { LoyaltyPlan } from '../../src/engine/ledger-facts.ts'
import { openConfiguredStore } from '../../src/engine/open-engine.ts'
import { askForRedemption, listRedemptions, withdrawRedemption } from '../../src/engine/redeem.ts'
import { listDeliveries } from '../../src/store/queries.ts'
import { readStatus } from '../../src/store/status.ts'
import type { Store } from '../../src/store/store.ts'
import { openTwoSystems, type TwoSystems } from '../loyalty/two-systems.ts'

/** Something that happens in the shop, or that a member asks for. */
export interface Happening {
  name: string
  /** Names of what has to have happened before. */
  after?: readonly string[]
  happen: (yard: LoyaltyYard) => Promise<void> | void
}

/** A shop, a programme and a runner between them in a process of its own, which is killed and started again. */
export interface LoyaltyYard extends AsyncDisposable {
  systems: TwoSystems
  orders: Map<string, number>
  refunds: Map<string, number>
  /** Starts the runner; it may be told to kill itself at a commit that a source file makes. */
  start: (moment?: string, commit?: number, only?: string) => ChildProcess
  /** Waits until it has killed itself, or has nothing left to do and is ended. Answers whether it was killed. */
  killed: (child: ChildProcess) => Promise<boolean>
  /** Time in which a doubt becomes certainty passes; nobody runs meanwhile. */
  wait: () => Promise<void>
  view: <T>(work: (store: Store, plan: LoyaltyPlan) => Promise<T>) => Promise<T>
  /** Runs until nothing is on its way any more. */
  finish: () => Promise<void>
}

const doubtMs = 6 * 60_000
const FIVE = 'five-euros'

export async function createLoyaltyYard(): Promise<LoyaltyYard> {
  const clock = createClock()
  let skipped = 0
  const systems = await openTwoSystems({
    clock,
    rules: {
      redeem: {
        rewards: {
          [FIVE]: {
            reward: '9f2b0000-0000-4000-8000-000000000005',
            points: '50',
            discount: { kind: 'amount', amount: '5.00', currency: 'EUR', expiresDays: 90 },
          },
        },
      },
    },
  })
  const config = await readConfig(readFileSync(systems.file, 'utf8'), systems.file, {
    loadPlugin: createPluginLoader(),
    secrets: createSecretSource({ folder: systems.folder }),
  })
  const children = new Set<ChildProcess>()
  const output = new WeakMap<ChildProcess, string[]>()
  const yard: LoyaltyYard = {
    systems,
    orders: new Map(),
    refunds: new Map(),
    start(moment = 'never', commit = 0, only = 'settle.ts') {
      const child = spawn(
        process.execPath,
        [
          '--conditions=@kontor/source',
          join(import.meta.dirname, 'child.ts'),
          systems.file,
          moment,
          String(commit),
          String(skipped),
          only,
        ],
        { stdio: ['ignore', 'pipe', 'pipe'] },
      )
      const lines: string[] = []
      output.set(child, lines)
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (data: Buffer) => lines.push(data.toString()))
      children.add(child)
      child.once('exit', () => children.delete(child))
      return child
    },
    async killed(child) {
      await endOrCalm(child, 3, 30_000)
      return child.signalCode === 'SIGKILL'
    },
    async wait() {
      skipped += doubtMs
      await clock.advance(doubtMs)
    },
    async view(work) {
      const store = await openConfiguredStore(config, clock)
      const [plan] = config.loyalty
      if (plan === undefined) throw new Error('there is no loyalty flow')
      try {
        return await work(store, plan)
      } finally {
        await store.close()
      }
    },
    async finish() {
      for (let round = 0; round < 6; round++) {
        await yard.wait()
        if (await endOrCalm(yard.start(), 3, 20_000)) return
      }
      throw new Error(`the ledger did not come to rest: ${await onTheWay()} on the way`)
    },
    async [Symbol.asyncDispose]() {
      for (const child of children) child.kill('SIGKILL')
      await systems[Symbol.asyncDispose]()
    },
  }
  /** Ends a runner that has come to rest; answers whether it has. */
  async function endOrCalm(child: ChildProcess, times: number, withinMs: number): Promise<boolean> {
    const over = (): boolean => child.exitCode !== null || child.signalCode !== null
    const deadline = Date.now() + withinMs
    let calm = 0
    while (!over() && calm < times && Date.now() < deadline) {
      await pause(600)
      const started = output.get(child)?.some((line) => line.includes('started'))
      calm = started && (await onTheWay()) === 0 ? calm + 1 : 0
    }
    if (!over()) child.kill('SIGTERM')
    if (!over()) await once(child, 'exit')
    return calm >= times
  }
  const onTheWay = (): Promise<number> =>
    yard.view(async (store) => {
      const open = (await listDeliveries(store, { state: 'open', limit: 1000 })).length
      const records = (await readStatus(store)).connections.find(({ name }) => name === 'shop')?.records
      return (
        open +
        Math.max(0, yard.orders.size - (records?.['orders'] ?? 0)) +
        Math.max(0, yard.refunds.size - (records?.['refunds'] ?? 0))
      )
    })
  return yard
}

const place = (name: string, given: object): Happening => ({
  name,
  happen: ({ systems, orders }) => void orders.set(name, systems.place({ email: `${name}@example.com`, ...given })),
})
const refund = (name: string, of: string, amount?: number): Happening => ({
  name,
  after: [of],
  happen: ({ systems, orders, refunds }) =>
    void refunds.set(name, systems.refund(orders.get(of) ?? 0, amount === undefined ? {} : { amount })),
})
const shop = (name: string, after: string, act: string, input: (yard: LoyaltyYard) => object): Happening => ({
  name,
  after: [after],
  happen: (yard) => void yard.systems.shop.act(act, input(yard)),
})
const redeem = (name: string, member: string): Happening => ({
  name,
  happen: (yard) =>
    yard.view(async (store, plan) => {
      const reward = plan.rules.redeem.rewards[FIVE]
      if (reward === undefined) throw new Error('there is no such reward')
      await askForRedemption(store, plan, {
        key: `points/r-${name}`,
        reward,
        member: { email: `${member}@example.com` },
      })
    }),
})

/** What happens in the shop. */
export const happenings: readonly Happening[] = [
  place('anna', {}),
  place('bert', { lines: [{ sku: 'SKU-2', quantity: 3 }] }),
  place('cora', { lines: [{ sku: 'SKU-4', quantity: 1 }], shipping: 0 }),
  place('dirk', {}),
  refund('anna-1', 'anna', 1667),
  refund('anna-2', 'anna', 1667),
  refund('anna-3', 'anna', 1666),
  refund('bert-1', 'bert', 1000),
  shop('bert-declined', 'bert-1', 'decline-refund', ({ refunds }) => ({ id: refunds.get('bert-1') })),
  refund('bert-2', 'bert', 777),
  shop('cora-cancelled', 'cora', 'set-status', ({ orders }) => ({ id: orders.get('cora'), status: 5 })),
  shop('cora-opened', 'cora-cancelled', 'set-status', ({ orders }) => ({ id: orders.get('cora'), status: 11 })),
  refund('dirk-1', 'dirk', 2500),
]

/** Members with points of old, who redeem them; one changes her mind. */
export const redemptions: readonly Happening[] = [
  redeem('emil', 'emil'),
  redeem('fina', 'fina'),
  {
    name: 'fina-withdraws',
    after: ['fina'],
    happen: (yard) =>
      yard.view(async (store, plan) => {
        const found = (await listRedemptions(store, plan, 10)).find(({ redemption }) => redemption.key.endsWith('fina'))
        if (found) await withdrawRedemption(store, found)
      }),
  },
]

/** All of them, in an order of chance that keeps what must come first. */
export function inSomeOrder(all: readonly Happening[], below: (count: number) => number): Happening[] {
  const left = [...all]
  const done = new Set<string>()
  const sequence: Happening[] = []
  while (left.length > 0) {
    const ready = left.filter(({ after = [] }) => after.every((name) => done.has(name)))
    const next = ready[below(ready.length)]
    if (next === undefined) throw new Error('nothing can happen any more')
    left.splice(left.indexOf(next), 1)
    done.add(next.name)
    sequence.push(next)
  }
  return sequence
}

const Coupon = z.object({ body: z.object({ name: z.string(), enabled: z.boolean() }) })

/** Points of 1.60 for each euro, less the share of what was refunded; `emil` and `fina` began with points of old. */
const left: Readonly<Record<string, number>> = { anna: 0, bert: 78 - 12, cora: 41, dirk: 40, emil: -50, fina: 0 }

/** What is wrong, by the books of those who cannot be fooled. Empty: nothing is booked twice, lost, or stands still without a reason. */
export async function verdict(yard: LoyaltyYard): Promise<string[]> {
  const { shop: store, programme, balance } = yard.systems
  const wrong = programme.truth.doubled('credit_reception').map((key) => `booked twice: ${key}`)
  for (const [name, points] of Object.entries(left)) {
    const has = balance(`${name}@example.com`)
    if (has !== points) wrong.push(`${name} has ${has} points, and should have ${points}`)
  }
  if (programme.truth.count('reward_reception') !== 2)
    wrong.push(`${programme.truth.count('reward_reception')} rewards were redeemed, and should be 2`)
  const coupons = z.array(Coupon).parse(z.object({ coupons: z.unknown() }).parse(store.world).coupons)
  const valid = coupons.filter(({ body }) => body.enabled).map(({ body }) => body.name)
  if (valid.join() !== 'LOY points/r-emil') wrong.push(`valid codes: ${valid.join() || 'none'}`)
  wrong.push(...store.truth.doubled('coupon').map((key) => `made twice: ${key}`))
  const open = await yard.view((view) => listDeliveries(view, { state: 'open', limit: 100 }))
  wrong.push(...open.map(({ record, state, error }) => `${record} is ${state}: ${error?.message ?? 'no reason'}`))
  return wrong
}

/** Members with points from before. */
export function welcome({ systems }: LoyaltyYard): void {
  for (const name of ['emil', 'fina']) systems.programme.act('contact', { email: `${name}@example.com`, balance: 120 })
}
