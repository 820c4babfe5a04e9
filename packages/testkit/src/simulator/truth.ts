import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs'

/** Something that truly happened in the simulated system: an order accepted, points given, a refund paid. */
export interface Effect {
  /** Simulated instant, ISO 8601. */
  readonly at: string
  /** The kind of effect: `order-accepted`. */
  readonly what: string
  /** What it happened to: an order id, a SKU. Two effects of one kind with one key are a doubling. */
  readonly key: string
  readonly detail?: unknown
}

/** The questions tests ask of what happened. */
export interface TruthReport {
  readonly effects: readonly Effect[]
  /** How many effects, of one kind when named. */
  count(what?: string): number
  /** The effects by key, in order, of one kind when named. */
  byKey(what?: string): Map<string, Effect[]>
  /** The keys to which an effect of this kind happened more than once. */
  doubled(what: string): string[]
  /** The newest effect of this kind on this key. */
  last(what: string, key: string): Effect | undefined
}

/** What happened, append-only: the only judge of "lost" and "doubled". */
export interface TruthLog extends TruthReport {
  add(what: string, key: string, detail?: unknown): Effect
}

export function reportTruth(effects: readonly Effect[]): TruthReport {
  const of = (what?: string): readonly Effect[] =>
    what === undefined ? effects : effects.filter((effect) => effect.what === what)
  const byKey = (what?: string): Map<string, Effect[]> => Map.groupBy(of(what), (effect) => effect.key)
  return {
    effects,
    count: (what) => of(what).length,
    byKey,
    doubled: (what) => [...byKey(what)].filter(([, same]) => same.length > 1).map(([key]) => key),
    last: (what, key) => of(what).findLast((effect) => effect.key === key),
  }
}

/**
 * A truth log by the clock given. With a `file` each effect is one line of JSON, written before `add` returns, and an existing file is
 * continued: so the truth outlives the simulator's own death.
 */
export function createTruthLog(now: () => string, file?: string): TruthLog {
  const effects = file === undefined ? [] : readEffects(file)
  return {
    ...reportTruth(effects),
    add(what, key, detail) {
      const effect: Effect = {
        at: now(),
        what,
        key,
        ...(detail === undefined ? {} : { detail: structuredClone(detail) }),
      }
      if (file !== undefined) appendFileSync(file, `${JSON.stringify(effect)}\n`)
      effects.push(effect)
      return effect
    },
  }
}

/** The effects in a truth file. A torn last line (the machine died in it) never happened and is cut off. */
export function readEffects(file: string): Effect[] {
  if (!existsSync(file)) return []
  const text = readFileSync(file, 'utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole))
  return whole.split('\n').flatMap((line, index) => (line === '' ? [] : [parseEffect(line, `${file}:${index + 1}`)]))
}

function parseEffect(line: string, place: string): Effect {
  const value: unknown = JSON.parse(line)
  if (isEffect(value)) return value
  throw new TypeError(`${place}: this line is no effect; a truth file has one {"at","what","key"} a line`)
}

function isEffect(value: unknown): value is Effect {
  if (typeof value !== 'object' || value === null) return false
  return ['at', 'what', 'key'].every((name) => typeof Reflect.get(value, name) === 'string')
}
