import { toMs, type Echo, type Outcome } from '@kontor/core'

/** What is kept of a delivery across the death of a process, in the order in which it was kept. */
export type DeskEntry =
  | { readonly kind: 'begun'; readonly keys: readonly string[]; readonly at: number }
  | {
      readonly kind: 'outcome'
      readonly from: 'write' | 'readBack'
      readonly outcome: StoredOutcome
      readonly at: number
    }
  | { readonly kind: 'parked'; readonly key: string; readonly at: number }
  | { readonly kind: 'woken'; readonly key: string; readonly at: number }

/** An outcome as JSON can keep it. */
export interface StoredOutcome {
  readonly key: string
  readonly is: Outcome['is']
  readonly reference?: string
  readonly echo?: Echo
  readonly ticket?: string
  readonly item?: string
  readonly askAt?: number
  readonly until?: number
  readonly error?: { code: string; message: string }
  readonly applied?: readonly string[]
}

export interface DeskLog {
  readonly entries: readonly DeskEntry[]
  append(entry: DeskEntry): void
}

export function createDeskLog(): DeskLog {
  const entries: DeskEntry[] = []
  return { entries, append: (entry) => void entries.push(entry) }
}

export function storeOutcome(outcome: Outcome): StoredOutcome {
  const base = { key: outcome.key, is: outcome.is }
  switch (outcome.is) {
    case 'done':
    case 'already':
      return { ...base, ...given({ reference: outcome.reference, echo: outcome.echo }) }
    case 'sent':
      return {
        ...base,
        ...given({ ticket: outcome.ticket, item: outcome.item, askAt: instantMs(outcome.askAt), echo: outcome.echo }),
      }
    case 'waiting':
      return {
        ...base,
        error: { code: outcome.error.code, message: outcome.error.message },
        ...given({ until: instantMs(outcome.until) }),
      }
    case 'refused':
      return {
        ...base,
        error: { code: outcome.error.code, message: outcome.error.message },
        ...given({ applied: outcome.applied }),
      }
    case 'absent':
      return base
  }
}

const instantMs = (instant: Parameters<typeof toMs>[0] | undefined): number | undefined =>
  instant === undefined ? undefined : toMs(instant)

/** Without the members that are undefined. */
export const given = <T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
