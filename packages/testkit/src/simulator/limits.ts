import { toMs, type Duration } from './duration.ts'
import type { SimulatorRequest } from './request.ts'
import { createCounter, type LimitKind, type WindowCounter } from './window-counter.ts'

/** One published rate limit of the simulated system. */
export interface LimitDefinition {
  readonly name: string
  /** How much fits: into any window of `per` (`sliding`), into each window of `per` counted from 1970 (`fixed`), or into the bucket (`token`). */
  readonly limit: number
  /** The window; for `token` the time in which an empty bucket is full again (burst 20 at 0.0056 a second: `20 / 0.0056 * 1000`). */
  readonly per: Duration
  readonly kind: LimitKind
  /** How much of it a request takes: 1 for true, nothing for 0, false or undefined. A batch call may weigh its rows. */
  match(request: SimulatorRequest): number | boolean | undefined
  /** Whose limit it is: a token, a seller id. Default: one for all callers. */
  key?(request: SimulatorRequest): string
  /** After a refusal everything is refused for so long (a firewall's block). Default: nothing. */
  readonly block?: Duration
}

/** How one limit stands for one caller. */
export interface LimitState {
  readonly name: string
  readonly key: string
  readonly limit: number
  readonly perMs: number
  /** Weight that may still be taken now. */
  readonly remaining: number
  /** Simulated milliseconds until all of it may be taken again. */
  readonly resetMs: number
  /** Requests let through and refused so far. */
  readonly allowed: number
  readonly refused: number
  /** The greatest weight let through in any window of `per`, wherever it begins. */
  readonly peak: number
}

/** A request that a limit refuses. */
interface Throttled {
  readonly name: string
  readonly retryAfterMs: number
}

export interface LimitBook {
  /** Takes the request's weight from every limit it falls under, or from none of them when one refuses. */
  draw(request: SimulatorRequest): { refused?: Throttled; states: LimitState[] }
  states(): LimitState[]
  /** How a limit stands for one caller; without a key, for all of them: counts added, the rest of whom it presses hardest. */
  state(name: string, key?: string): LimitState
  /** The vendor changes a limit while we run. */
  change(name: string, to: { limit?: number; per?: Duration }): void
}

interface Entry {
  readonly definition: LimitDefinition
  readonly key: string
  readonly counter: WindowCounter
  allowed: number
  refused: number
  blockedUntil: number
}

export function createLimitBook(definitions: readonly LimitDefinition[], now: () => number): LimitBook {
  const current = new Map(definitions.map((definition) => [definition.name, definition]))
  const entries = new Map<string, Entry>()

  function definitionOf(name: string): LimitDefinition {
    const definition = current.get(name)
    if (definition !== undefined) return definition
    throw new RangeError(`there is no limit "${name}"; there are: ${[...current.keys()].join(', ') || 'none'}`)
  }

  function createEntry(definition: LimitDefinition, key: string): Entry {
    const counter = createCounter(definition.kind, definition.limit, toMs(definition.per), now())
    return { definition, key, counter, allowed: 0, refused: 0, blockedUntil: 0 }
  }

  function entryOf(definition: LimitDefinition, request: SimulatorRequest): Entry {
    const key = definition.key?.(request) ?? ''
    const id = `${definition.name}\n${key}`
    const entry = entries.get(id) ?? createEntry(definition, key)
    entries.set(id, entry)
    return entry
  }

  function stateOf({ definition, key, counter, allowed, refused, blockedUntil }: Entry): LimitState {
    const at = now()
    const blocked = blockedUntil > at
    return {
      name: definition.name,
      key,
      limit: counter.limit,
      perMs: counter.perMs,
      remaining: blocked ? 0 : Math.max(0, Math.floor(counter.remaining(at))),
      resetMs: Math.ceil(Math.max(blockedUntil - at, counter.resetMs(at))),
      allowed,
      refused,
      peak: counter.peak,
    }
  }

  return {
    draw(request) {
      const at = now()
      const drawn = [...current.values()].flatMap((definition) => {
        const weight = Number(definition.match(request) ?? 0)
        return weight > 0 ? [{ entry: entryOf(definition, request), weight }] : []
      })
      for (const { entry, weight } of drawn) {
        const retryAfterMs = Math.max(entry.blockedUntil - at, entry.counter.waitMs(at, weight))
        if (retryAfterMs <= 0) continue
        entry.refused += 1
        if (entry.definition.block !== undefined) entry.blockedUntil = at + toMs(entry.definition.block)
        const refused = {
          name: entry.definition.name,
          retryAfterMs: Math.ceil(Math.max(retryAfterMs, entry.blockedUntil - at)),
        }
        return { refused, states: drawn.map((other) => stateOf(other.entry)) }
      }
      for (const { entry, weight } of drawn) {
        entry.counter.take(at, weight)
        entry.allowed += 1
      }
      return { states: drawn.map(({ entry }) => stateOf(entry)) }
    },
    states: () => [...entries.values()].map(stateOf),
    state(name, key) {
      const definition = definitionOf(name)
      const own = [...entries.values()].filter(
        (entry) => entry.definition.name === name && (key === undefined || entry.key === key),
      )
      return (own.length === 0 ? [createEntry(definition, key ?? '')] : own).map(stateOf).reduce(together)
    },
    change(name, to) {
      const definition = definitionOf(name)
      const changed = { ...definition, limit: to.limit ?? definition.limit, per: to.per ?? definition.per }
      current.set(name, changed)
      for (const entry of entries.values()) {
        if (entry.definition.name === name) entry.counter.change(changed.limit, toMs(changed.per), now())
      }
    },
  }
}

function together(left: LimitState, right: LimitState): LimitState {
  return {
    ...left,
    key: '*',
    remaining: Math.min(left.remaining, right.remaining),
    resetMs: Math.max(left.resetMs, right.resetMs),
    allowed: left.allowed + right.allowed,
    refused: left.refused + right.refused,
    peak: Math.max(left.peak, right.peak),
  }
}
