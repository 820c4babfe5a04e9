import { realpathSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { Desk, type DeskSettings } from './desk.ts'
import type { PackOrder } from './order-file.ts'
import type { Truth } from './truth.ts'

export interface WarehouseClock {
  now(): number
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export interface WarehouseSettings extends DeskSettings {
  readonly clock?: WarehouseClock
  /** Milliseconds it takes to pack one order. Default 1000. */
  readonly pace?: number
}

export interface Warehouse extends AsyncDisposable {
  readonly truth: Truth
  /** Resolves when nothing is left to be taken or packed. */
  idle(): Promise<void>
  /** Stops after the order it is packing; throws what went wrong, if anything. */
  close(): Promise<void>
}

const realClock: WarehouseClock = {
  now: () => Date.now(),
  sleep: (ms, signal) => wait(ms, undefined, signal === undefined ? {} : { signal }),
}

/** How long it waits before it looks into an empty folder again. */
const pollMs = 100

/**
 * A warehouse with a script instead of an API: takes order files away, packs what is to be shipped, and drops shipment files. It may be
 * killed and started again: what it had taken it finishes, and no piece is shipped twice.
 */
export function startWarehouse(settings: WarehouseSettings): Warehouse {
  const clock = settings.clock ?? realClock
  const desk = new Desk(settings, () => new Date(clock.now()).toISOString())
  const closing = new AbortController()
  const { signal } = closing
  let busy = true

  async function packAll(taken: readonly string[]): Promise<void> {
    const packed: PackOrder[] = []
    for (const taking of taken) {
      for (const order of desk.open(taking)) {
        await clock.sleep(settings.pace ?? 1000, signal)
        desk.pack(order)
        packed.push(order)
      }
      desk.finish(taking)
    }
    desk.count(packed)
  }
  async function work(): Promise<void> {
    await packAll(desk.unfinished())
    while (!signal.aborted) {
      const taken = desk.take()
      busy = taken.length > 0
      desk.receiveAll()
      if (busy) await packAll(taken)
      else await clock.sleep(pollMs, signal)
    }
  }
  const working = work().catch((thrown: unknown) => {
    if (!signal.aborted) throw thrown
  })
  const close = async (): Promise<void> => {
    closing.abort()
    await working
  }
  return {
    truth: desk.truth,
    async idle() {
      for (let looks = 0; looks < 2; looks = busy || !desk.isEmpty ? 0 : looks + 1)
        await Promise.race([clock.sleep(pollMs, signal), working])
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** `warehouse.js FOLDER [--pace MS] [--carrier NAME] [--truth FILE] [--accept]`: runs until it is stopped. */
function main(): void {
  const { positionals, values } = parseArgs({
    options: {
      pace: { type: 'string' },
      carrier: { type: 'string' },
      truth: { type: 'string' },
      accept: { type: 'boolean' },
    },
    allowPositionals: true,
  })
  const [folder] = positionals
  if (folder === undefined)
    throw new Error('which folder? warehouse.js FOLDER [--pace MS] [--carrier NAME] [--truth FILE] [--accept]')
  const warehouse = startWarehouse({
    folder,
    ...(values.pace === undefined ? {} : { pace: Number(values.pace) }),
    ...(values.carrier === undefined ? {} : { carrier: values.carrier }),
    ...(values.truth === undefined ? {} : { truthFile: values.truth }),
    ...(values.accept === undefined ? {} : { acceptOrders: values.accept }),
  })
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => void warehouse.close())
}

const script = process.argv[1]
if (script !== undefined && import.meta.url === pathToFileURL(realpathSync(script)).href) main()
