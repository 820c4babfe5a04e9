import { isDeepStrictEqual } from 'node:util'
import type { SimulatorRequest } from '@kontor/testkit/simulator'
import type { SandboxCase } from './static-cases.ts'

/** Picks the case of a request: the one that names the most parameters, of equals the first. */
export function createMatcher(cases: readonly SandboxCase[]): (request: SimulatorRequest) => SandboxCase | undefined {
  const compiled = cases.map((one) => ({ one, pattern: patternOf(one.path) }))
  return (request) =>
    compiled
      .filter(({ one, pattern }) => one.method === request.method && fits(one, pattern, request))
      .map(({ one }) => one)
      .reduce<SandboxCase | undefined>(
        (best, one) => (best === undefined || weightOf(one) > weightOf(best) ? one : best),
        undefined,
      )
}

const weightOf = ({ parameters }: SandboxCase): number =>
  Object.values(parameters).filter((value) => value !== undefined).length

const patternOf = (path: string): RegExp => new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)

function fits({ parameters, places }: SandboxCase, pattern: RegExp, request: SimulatorRequest): boolean {
  const match = pattern.exec(request.path)
  return (
    match !== null &&
    Object.entries(parameters).every(([name, wanted]) => {
      if (wanted === undefined) return true
      // Cases write "body" whatever the model calls it.
      if (name === 'body' || places[name] === 'body') return isDeepStrictEqual(bodyOf(request), wanted)
      const given = places[name] === 'path' ? decodeURIComponent(match.groups?.[name] ?? '') : request.query.get(name)
      return given === textOf(wanted)
    })
  )
}

/** As it stands in a path or a query: a list between commas. */
export const textOf = (value: unknown): string =>
  Array.isArray(value) ? value.map(String).join(',') : typeof value === 'string' ? value : JSON.stringify(value)

function bodyOf(request: SimulatorRequest): unknown {
  try {
    return request.json()
  } catch {
    return undefined
  }
}
