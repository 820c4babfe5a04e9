import { denied, invalidInput } from '../answers.ts'
import { marketplacesOf } from '../marketplaces.ts'
import type { AmazonCall } from '../world.ts'

/** A list in a query: Amazon reads commas, and of a repeated name the first one. */
export const listIn = (query: URLSearchParams, name: string): string[] | undefined => {
  const value = query.get(name)
  return value === null ? undefined : value.split(',').filter((one) => one !== '')
}

export function oneOf<T extends string>(name: string, allowed: readonly T[], value: string): T {
  const found = allowed.find((one) => one === value)
  return found ?? invalidInput(`Value ${value} is not allowed for ${name}`)
}

/** The instant of a parameter, in milliseconds; undefined when it is not given. */
export function instantIn(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name)
  if (value === null) return undefined
  if (!/^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:?\d{2}))?$/.test(value)) return invalidInput(`${name} is not ISO 8601`)
  const ms = Date.parse(value)
  return Number.isNaN(ms) ? invalidInput(`${name} is not ISO 8601`) : ms
}

/** The marketplaces asked for. One that is none of Amazon's, or of another region, refuses the call as a missing role does. */
export function marketplacesIn({ query, options }: AmazonCall, most: number): ReadonlySet<string> | undefined {
  const ids = listIn(query, 'marketplaceIds')
  if (ids === undefined) return undefined
  if (ids.length === 0 || ids.length > most) return invalidInput(`marketplaceIds takes 1 to ${most} ids`)
  const own = new Set(marketplacesOf(options.region).map(({ id }) => id))
  if (ids.some((id) => !own.has(id)))
    return denied('One or more of the marketplaces you provided are not valid for region or for the seller')
  return new Set(ids)
}
