import type {
  ClockSettings,
  ExchangeLog,
  FaultSwitchboard,
  LimitBook,
  SimulatorClock,
  TruthReport,
} from '../simulator/index.ts'

/**
 * What a plugin is tested against: a running simulator, or anything that plays a system and can count what truly happened (a folder
 * that a warehouse empties). What is absent cannot be tested, and says so.
 */
export interface System {
  readonly clock: SimulatorClock
  readonly truth: TruthReport
  readonly url?: string
  /** Requests under way. */
  readonly inFlight?: number
  readonly faults?: FaultSwitchboard
  readonly limits?: LimitBook
  readonly exchanges?: ExchangeLog
  readonly unknownRoutes?: readonly { method: string; path: string }[]
  /** What the system's own code threw. */
  readonly failures?: readonly unknown[]
  close(): Promise<void>
}

/** A simulator, or a function around its `start` that sets its switches: `{ start: (settings) => shop.start({ ...settings, options }) }`. */
export interface SystemSource<S extends System> {
  start(settings: { seed: number; clock: ClockSettings }): Promise<S>
}
