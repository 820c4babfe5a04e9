import type { Connection, Scenarios } from './scenarios.ts'
import type { System, SystemSource } from './system.ts'

/** A promise weaker than the suite's, as data: it is printed in the report instead of a result. */
export interface WeakerPromise {
  /** What holds instead, as a sentence. */
  instead: string
  /** Why the vendor or the nature of the thing allows no more. */
  because: string
}

export interface Suite<S extends System> {
  simulator: SystemSource<S>
  /** Config and credentials that work. */
  connection(system: S): Connection
  scenarios: Scenarios<S>
  /**
   * Weaker promises by the id of a case: `reading/vanished-ids` for all readers, `reading/vanished-ids:orders` for one;
   * `writing/corrections:orders.shipments` for one entity of a writer.
   */
  promises?: Readonly<Record<string, WeakerPromise>>
  /** For the deaths of real processes: the module (a file URL) that exports the plugin as its default. Absent: a weaker promise must say why. */
  module?: string
  /**
   * The package in whose `docs` and `dist` the report is written, or none. Default: the package of the test.
   */
  report?: { folder: string } | 'none'
}
