import { KontorError } from '@kontor/core'

/** The command line asks for something that is not there. */
export class UsageError extends KontorError {
  readonly usage = true

  constructor(message: string) {
    super('CONFIG_INVALID', { message })
  }
}
