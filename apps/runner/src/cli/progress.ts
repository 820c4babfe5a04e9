import type { Progress } from '../engine/scheduler.ts'
import type { Cli } from './cli.ts'

/** What is being read, as one line that changes. */
export const showProgress =
  (cli: Cli): Progress =>
  ({ kind, connection, part, read, changed }) =>
    cli.screen.progress(
      `${kind} ${connection}/${part}  ${read.toLocaleString('en')} read, ${changed.toLocaleString('en')} new or changed`,
    )
