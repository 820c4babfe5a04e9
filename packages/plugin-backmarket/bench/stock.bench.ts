import { isKontorError, type Delivery, type Outcome } from '@kontor/core'
import { connect } from '@kontor/core/host'
import { backMarket } from '../src/plugin.ts'
import { simulator } from '../src/simulator/index.ts'

/**
 * Stock changes pushed in virtual time, against an imitation that counts by the published limits: 20 calls about offers in 10 seconds, 2,000 SKU
 * lines an hour, ten seconds of block for a burst. Goals: achieved ÷ allowed ≥ 0.95, no 429, and no call beside those that write.
 *
 * `node stock.bench.ts [changes]`
 */
const changes = Number(process.argv[2] ?? 15_000)
const startsAt = '2026-05-10T08:00:00Z'
const hourMs = 3_600_000
const linesAnHour = 2000
const callsIn10s = 20

/** Shortest time in which the published limits let so many lines through, each in a call of its own, or 2,000 in one. */
function shortestMs(lines: number, linesPerCall: number): number {
  const hours = Math.ceil(lines / linesAnHour) - 1
  const calls = Math.ceil((lines - hours * linesAnHour) / linesPerCall)
  return hours * hourMs + Math.max(0, Math.ceil(calls / callsIn10s) - 1) * 10_000
}

async function push(stockInFiles: boolean) {
  const market = await simulator.start({
    clock: { startsAt, rate: 'manual' },
    seed: 1,
    keepExchanges: 100,
    options: { orders: 0, ordersPerHour: 0, listings: changes },
  })
  await using shop = await connect(backMarket, {
    config: {
      region: 'eu',
      market: 'de-de',
      company: 'Muster',
      contactEmail: 'mail@example.com',
      baseUrl: market.url,
      stockInFiles,
    },
    credentials: { token: 'simulator-token' },
    clock: market.clock,
  })
  // As the runner gives them: each offer has confirmed another number before.
  const wishes = [...market.world.listings.values()].map(({ id, sku }, index): Delivery<'stock'> => {
    const record = { entity: 'stock' as const, id: sku, sku, available: 100 + (index % 7) }
    return {
      key: index.toString(16).padStart(32, '0'),
      name: `erp/${sku}`,
      record,
      known: { reference: id, record: { ...record, available: 1 } },
    }
  })
  const open = new Map(wishes.map((wish) => [wish.key, wish]))
  const began = market.clock.now()
  const outcomes: Record<string, number> = {}
  let ended = began
  const work = async (): Promise<void> => {
    while (open.size > 0) {
      const batch = [...open.values()].slice(0, linesAnHour)
      try {
        for await (const outcome of shop.writers.offers.write(batch)) note(outcome)
      } catch (error) {
        // The hour's lines are used up: the runner comes back when it was told to.
        if (!isKontorError(error) || error.code !== 'RATE_LIMITED') throw error
        await market.clock.sleep(error.retryAfterMs ?? 1000)
      }
    }
  }
  const note = ({ key, is }: Outcome): void => {
    outcomes[is] = (outcomes[is] ?? 0) + 1
    open.delete(key)
    ended = market.clock.now()
  }
  await market.drive(work())
  const held = wishes.filter(
    ({ record }) => market.world.listings.get(record.sku.toLowerCase())?.quantity === record.available,
  )
  const states = market.limits.states()
  const result = {
    hours: (ended - began) / hourMs,
    ratio: shortestMs(changes, stockInFiles ? linesAnHour : 1) / (ended - began),
    calls: states.find(({ name }) => name === 'offers')?.allowed ?? 0,
    refused: states.reduce((sum, { refused }) => sum + refused, 0),
    outcomes,
    held: held.length,
  }
  await market.close()
  return result
}

for (const stockInFiles of [false, true]) {
  const { hours, ratio, calls, refused, outcomes, held } = await push(stockInFiles)
  console.log(`${changes} stock changes, ${stockInFiles ? 'as files (stockInFiles)' : 'offer by offer'}, virtual time`)
  console.log(`  took               ${hours.toFixed(2)} h`)
  console.log(`  achieved ÷ allowed ${ratio.toFixed(3)}   (goal ≥ 0.95)`)
  console.log(`  calls              ${calls}`)
  console.log(`  answered by 429    ${refused}   (goal 0)`)
  console.log(
    `  outcomes           ${JSON.stringify(outcomes)}${stockInFiles ? '' : `, ${held} offers hold what was sent`}`,
  )
  if (ratio < 0.95 || refused > 0 || (!stockInFiles && held !== changes)) process.exitCode = 1
}
