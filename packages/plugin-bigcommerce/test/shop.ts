import { connect } from '@kontor/core/host'
import type { Delivery, Entity, Intake, Order, Outcome, RecordOf, Ref } from '@kontor/core'
import type { StartSettings } from '@kontor/testkit/simulator'
import { bigcommerce } from '../src/index.ts'
import { CLIENT_SECRET, simulator, STORE, TOKEN } from '../src/simulator/index.ts'
import type { Options } from '../src/simulator/options.ts'

const STARTS = '2026-06-01T12:00:00Z'

/** A simulated shop and the plugin connected to it. Time stands still until it is moved. */
export async function openShop(
  settings: { options?: Partial<Options>; config?: object; faults?: StartSettings<Options>['faults'] } = {},
) {
  const shop = await simulator.start({
    clock: { startsAt: STARTS, rate: 'manual' },
    options: settings.options,
    faults: settings.faults,
  })
  const connection = await connect(bigcommerce, {
    config: { apiUrl: shop.url, ...settings.config },
    credentials: { storeHash: STORE, accessToken: TOKEN, clientSecret: CLIENT_SECRET },
    clock: shop.clock,
    random: () => 0.5,
  })
  return {
    shop,
    connection,
    async [Symbol.asyncDispose]() {
      await connection[Symbol.asyncDispose]()
      await shop.close()
    },
  }
}

export async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const one of list) found.push(one)
  return found
}

/** By id; a reader that cannot is a mistake of the test. */
export function fetched<E extends Entity>(
  reader: { fetch?(refs: readonly Ref[]): AsyncIterable<Intake<E>> },
  refs: readonly Ref[],
): AsyncIterable<Intake<E>> {
  if (reader.fetch === undefined) throw new TypeError('this reader does not fetch')
  return reader.fetch(refs)
}

let made = 0
/** A wish with a key of its own. */
export function delivery<E extends Entity>(
  record: RecordOf<E>,
  given: { order?: Order; sent?: Delivery<E>['sent'] } = {},
): Delivery<E> {
  made += 1
  return {
    key: made.toString(16).padStart(32, '0'),
    name: `test/${record.id}`,
    record,
    ...(given.order ? { order: given.order } : {}),
    ...(given.sent ? { sent: given.sent } : {}),
  }
}

export const outcomeOf = (outcomes: readonly Outcome[]): string[] =>
  outcomes.map((outcome) =>
    outcome.is === 'refused' || outcome.is === 'waiting' ? `${outcome.is} ${outcome.error.code}` : outcome.is,
  )
