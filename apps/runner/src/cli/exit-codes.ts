import type { FailureType, KontorError } from '@kontor/core'

/** What a command ends with. `docs/cli.md` is compared with this table by a test. */
export const exitCodes = {
  0: { name: 'ok', meaning: 'Everything is done, or there was nothing to do.' },
  1: { name: 'system', meaning: 'A mistake of ours or of the other system. Repeating does not help; report it.' },
  2: { name: 'config', meaning: 'The operator has to act: the command line, the config, a secret, a permission.' },
  3: { name: 'transient', meaning: 'A system could not be reached or asked for patience. Run it again later.' },
  4: {
    name: 'partial',
    meaning: 'The work is done except for records that were rejected or deliveries that are parked or refused.',
  },
  5: {
    name: 'held-up',
    meaning:
      'A plugin let nothing else run for a minute, and the process was ended. Start it again, as a service does.',
  },
  130: { name: 'interrupted', meaning: 'Stopped with Ctrl-C. Nothing is lost; the next run goes on.' },
} as const
export type ExitCode = keyof typeof exitCodes

const byFailure: Readonly<Record<FailureType, ExitCode>> = { system: 1, config: 2, transient: 3 }

export const exitCodeOf = (error: Pick<KontorError, 'code' | 'failureType'>): ExitCode =>
  error.code === 'ABORTED' ? 130 : byFailure[error.failureType]

/** Of several failures the one that most needs somebody: the operator first, then us, then nobody. */
export function exitCodeOfAll(errors: readonly Pick<KontorError, 'code' | 'failureType'>[]): ExitCode {
  const codes = new Set(errors.map(exitCodeOf))
  return ([2, 1, 3, 130] as const).find((code) => codes.has(code)) ?? 0
}
