import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs'

/**
 * What happens in the warehouse.
 * - `order-taken`: a file with this order was taken away; key: the order
 * - `revision-taken`: the same, by state of the order; key: `order@revision`. Twice is a doubling, whoever is to blame
 * - `pieces-shipped`: key: `order line`; detail: how many pieces, in which parcel
 * - `order-accepted`, `order-not-shipped`: key: the order
 * - `return-received`, `refund-ordered`: key: the return
 */
const happenings = [
  'order-taken',
  'revision-taken',
  'pieces-shipped',
  'order-accepted',
  'order-not-shipped',
  'return-received',
  'refund-ordered',
] as const

/** Something that truly happened. One line of JSON each, in the form the testkit reads. */
export interface WarehouseEffect {
  readonly at: string
  readonly what: (typeof happenings)[number]
  readonly key: string
  readonly detail?: Readonly<Record<string, string | number>>
}

/** What happened, append-only; with a file it outlives the warehouse, and an existing one is continued. */
export interface Truth {
  readonly effects: readonly WarehouseEffect[]
  add(effect: WarehouseEffect): void
}

export function openTruth(file: string | undefined): Truth {
  const effects = file === undefined ? [] : readTruth(file)
  return {
    effects,
    add(effect) {
      if (file !== undefined) appendFileSync(file, `${JSON.stringify(effect)}\n`)
      effects.push(effect)
    },
  }
}

/** The effects in a truth file; a torn last line never happened and is cut off. */
export function readTruth(file: string): WarehouseEffect[] {
  if (!existsSync(file)) return []
  const text = readFileSync(file, 'utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole))
  return whole.split('\n').flatMap((line) => (line === '' ? [] : [parseEffect(line)]))
}

function parseEffect(line: string): WarehouseEffect {
  const value: unknown = JSON.parse(line)
  if (isEffect(value)) return value
  throw new TypeError(`a truth file has one {"at","what","key"} a line, and not ${line.slice(0, 80)}`)
}

const isEffect = (value: unknown): value is WarehouseEffect =>
  typeof value === 'object' &&
  value !== null &&
  happenings.some((what) => what === Reflect.get(value, 'what')) &&
  ['at', 'key'].every((name) => typeof Reflect.get(value, name) === 'string')
