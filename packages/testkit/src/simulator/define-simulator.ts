import type { Answer } from './answer.ts'
import type { ClockSettings, SimulatorClock } from './clock.ts'
import type { ExchangeLog } from './exchanges.ts'
import type { FaultInput } from './fault-schema.ts'
import type { FaultSwitchboard } from './faults.ts'
import type { LimitBook, LimitDefinition } from './limits.ts'
import type { Parser, SimulatorRequest } from './request.ts'
import type { Call, NoOptions, Route, Scene } from './route.ts'
import { startSimulator } from './start-simulator.ts'

/** A vendor's behaviour; everything else is the kit's. */
export interface SimulatorDefinition<World, Options> {
  /** The plugin's id. */
  readonly id: string
  readonly title: string
  /** The switches, a zod object with a default for each: `--set orders=50` on the command line. */
  readonly options?: Parser<Options>
  /** The state the system starts with. It may set timers, so that orders appear and states change as time goes by. */
  world(scene: Omit<Scene<never, Options>, 'world' | 'url'> & { seed: number | string }): World
  readonly routes: readonly Route<World, Options>[]
  /** The published rate limits, drawn from before anything else of the vendor's is asked. */
  readonly limits?: readonly LimitDefinition[] | ((options: Options) => readonly LimitDefinition[])
  /** Asked before every route (after the limits), unknown ones included: credentials, required headers. An answer ends the call. */
  before?(call: Call<World, Options>): Answer | Promise<Answer | undefined> | undefined
  /** Sees every answer but a fault's: request ids, rate headers. */
  after?(call: Call<World, Options>, answer: Answer): Answer
  /** The vendor's 429. `retryAfterMs` is undefined when a fault wants none told. Default: text, with `Retry-After` in seconds. */
  throttled?(throttled: { name: string; retryAfterMs: number | undefined }, request: SimulatorRequest): Answer
  /** The vendor's answer to a path it does not have. The kit records the request as an unknown route in any case. */
  notFound?(call: Call<World, Options>): Answer
  /** What a person or another process may make happen: `act('place-order', { country: 'FR' })`. The input is to be parsed. */
  readonly actions?: Readonly<Record<string, (scene: Scene<World, Options>, input: unknown) => unknown>>
  /** For `kontor simulate`: what this world holds, and how to point a connection at it. */
  describe?(scene: Scene<World, Options>): string
}

export interface StartSettings<Options> {
  /** Default: a free one. */
  port?: number | undefined
  /** Default 1: two starts give the same world. */
  seed?: number | string | undefined
  /** A clock to share with others, or settings for an own one. Default: real time. */
  clock?: SimulatorClock | ClockSettings | undefined
  options?: Partial<Options> | undefined
  faults?: readonly FaultInput[] | undefined
  /** A JSON Lines file that keeps the truth across the simulator's death. */
  truthFile?: string | undefined
  /** How many exchanges to keep. Default: the newest 10,000. */
  keepExchanges?: number | 'all' | undefined
}

export interface RunningSimulator<World, Options = unknown> extends AsyncDisposable {
  readonly id: string
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  readonly port: number
  readonly seed: number | string
  readonly world: World
  readonly options: Options
  readonly clock: SimulatorClock
  readonly truth: Scene<World>['truth']
  readonly faults: FaultSwitchboard
  readonly limits: LimitBook
  readonly exchanges: ExchangeLog
  /** Requests that no route took. Tests expect none. */
  readonly unknownRoutes: readonly { method: string; path: string; query: string }[]
  /** What the simulator's own code threw. Tests expect none. */
  readonly failures: readonly unknown[]
  /** Requests under way. */
  readonly inFlight: number
  act(name: string, input?: unknown): unknown
  /** Virtual time: lets the clock jump to the next timer whenever no request is under way, until `work` settles. */
  drive<T>(work: Promise<T>): Promise<T>
  /** For people: address, routes, limits, switches, and the vendor's own words. */
  describe(): string
  /** Ends every connection and timer. */
  close(): Promise<void>
}

export interface Simulator<World, Options> {
  readonly id: string
  readonly title: string
  readonly definition: SimulatorDefinition<World, Options>
  start(settings?: StartSettings<Options>): Promise<RunningSimulator<World, Options>>
}

/** A simulator from a vendor's behaviour. `start` opens it on 127.0.0.1, over real HTTP. */
export function defineSimulator<World, Options = NoOptions>(
  definition: SimulatorDefinition<World, Options>,
): Simulator<World, Options> {
  return {
    id: definition.id,
    title: definition.title,
    definition,
    start: (settings = {}) => startSimulator(definition, settings),
  }
}
