import { relative } from 'node:path'
import { KontorError, type ErrorCode } from '@kontor/core'

export interface Place {
  line: number
  column: number
}
export type KeyPath = readonly (string | number)[]

/** One thing that is wrong in a config file, and where. */
export interface ConfigProblem {
  level: 'error' | 'warning'
  code: ErrorCode
  file: string
  /** Both count from 1. Absent where the file as a whole is meant. */
  place?: Place | undefined
  path: KeyPath
  /** What was found, what was expected, and the nearest valid word. */
  message: string
}

/** `connections.bm-eu.config.region`. */
export const dotted = (path: KeyPath): string => path.join('.')

/** `kontor.yaml:4:11`, with the file as a person in this folder would write it. */
export function placeText({ file, place }: Pick<ConfigProblem, 'file' | 'place'>): string {
  const near = relative(process.cwd(), file)
  const name = near === '' || near.startsWith('..') ? file : near
  return place ? `${name}:${place.line}:${place.column}` : name
}

/** `kontor.yaml:4:11 connections.bm-eu.config.region: found "euu", expected eu or na.` */
export const problemText = (problem: ConfigProblem): string =>
  [placeText(problem), problem.path.length > 0 ? `${dotted(problem.path)}:` : '', problem.message]
    .filter((part) => part !== '')
    .join(' ')

/** Every problem of a file at once, in the order of the file. */
export class ConfigError extends KontorError {
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    const sorted = problems.toSorted(byPlace)
    const codes = new Set(sorted.map((problem) => problem.code))
    const first = sorted[0]
    super(codes.size === 1 && first ? first.code : 'CONFIG_INVALID', {
      message: sorted.map(problemText).join('\n'),
      ...(first && first.path.length > 0 ? { key: dotted(first.path) } : {}),
    })
    this.problems = sorted
  }
}

/** The single problems of an error, where it came from a config file. */
export const problemsOf = (error: unknown): readonly ConfigProblem[] =>
  error instanceof ConfigError ? error.problems : []

export const byPlace = (a: Pick<ConfigProblem, 'place'>, b: Pick<ConfigProblem, 'place'>): number =>
  (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0)
