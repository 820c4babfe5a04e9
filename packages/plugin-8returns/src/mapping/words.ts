import type { ReturnLine } from '@kontor/core'
import type { EightReturnsConfig } from '../config.ts'
import type { ReturnFlag } from '../tables/flags.ts'
import { knownResolutions } from '../tables/resolutions.ts'
import type { WireItem } from '../wire/index.ts'

type Reason = NonNullable<ReturnLine['reason']>
type Resolution = NonNullable<ReturnLine['requestedResolution']>
type Grade = NonNullable<NonNullable<ReturnLine['inspection']>['grade']>

/** Without case: a merchant writes the word as the portal shows it. */
const look = <V>(map: Readonly<Record<string, V>>, word: string): V | undefined =>
  map[word] ?? Object.entries(map).find(([key]) => key.toLowerCase() === word.toLowerCase())?.[1]

/** Reasons are the merchant's own: by `reasonMap`, first the internal word, then the text the customer chose. */
export function toReason(
  { reasonWord, reasonText }: WireItem,
  { reasonMap }: EightReturnsConfig,
  flags: Set<ReturnFlag>,
): Reason | null | undefined {
  const told = [reasonWord, reasonText].filter((word) => word !== undefined && word !== null)
  if (told.length === 0) return reasonWord === null || reasonText === null ? null : undefined
  for (const word of told) {
    const value = look(reasonMap, word)
    if (value !== undefined) return { value, source: word.slice(0, 200) }
  }
  flags.add('unmapped-reason')
  // The customer's own sentence is no word of the system: it stays in `customerText`.
  return { value: 'unknown', ...(typeof reasonWord === 'string' ? { source: reasonWord.slice(0, 200) } : {}) }
}

/** What the customer wants instead. The spelling of return types is not known; the three features of the product are. */
export function toResolution(
  { wants }: WireItem,
  { resolutionMap }: EightReturnsConfig,
  flags: Set<ReturnFlag>,
): Resolution | null | undefined {
  if (wants === null || wants === undefined) return wants
  const value = look(resolutionMap, wants) ?? look(knownResolutions, wants.replaceAll(/[\s-]+/g, '_'))
  if (value === undefined) flags.add('unknown-return-type')
  return { value: value ?? 'unknown', source: wants.slice(0, 200) }
}

/** The condition an inspector chose, as our grade by `gradeMap` read backwards. */
export function toGrade({ condition }: WireItem, { gradeMap }: EightReturnsConfig): Grade | null | undefined {
  if (condition === null || condition === undefined) return condition
  const found = (['a', 'b', 'c', 'd'] as const).find(
    (grade) => gradeMap[grade]?.toLowerCase() === condition.toLowerCase(),
  )
  return { value: found ?? 'unknown', source: condition.slice(0, 200) }
}
