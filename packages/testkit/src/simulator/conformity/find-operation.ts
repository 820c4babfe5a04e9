import type { Operation } from './operations.ts'
import type { Specification } from './specification.ts'

export interface FoundOperation {
  readonly specification: Specification
  readonly operation: Operation
  /** The path parameters as in the path, decoded. */
  readonly pathValues: Readonly<Record<string, string>>
}

interface Candidate {
  readonly specification: Specification
  readonly operation: Operation
  readonly expression: RegExp
  readonly names: readonly string[]
  /** Templates with fewer parameters come first. */
  readonly rank: number
}

/** Finds the operation of a method and path: `path` when no template fits, `method` when one fits but not with this method. */
export type FindOperation = (method: string, path: string) => FoundOperation | 'path' | 'method'

/** `basePath` is what the simulator puts before the specification's paths; without it, nothing or any of the specification's servers. */
export function createOperationFinder(
  specifications: readonly Specification[],
  basePath: string | undefined,
): FindOperation {
  const candidates = specifications
    .flatMap((specification) =>
      specification.operations.flatMap((operation) => candidatesOf(specification, operation, basePath)),
    )
    .toSorted((left, right) => left.rank - right.rank)
  return (method, path) => {
    const fitting = candidates.filter(({ expression }) => expression.test(path))
    const candidate = fitting.find(({ operation }) => operation.method === method)
    if (candidate === undefined) return fitting.length === 0 ? 'path' : 'method'
    const values = candidate.expression.exec(path)?.slice(1) ?? []
    const pathValues = Object.fromEntries(candidate.names.map((name, index) => [name, decode(values[index] ?? '')]))
    return { specification: candidate.specification, operation: candidate.operation, pathValues }
  }
}

function candidatesOf(specification: Specification, operation: Operation, basePath: string | undefined): Candidate[] {
  const bases = basePath === undefined ? ['', ...specification.basePaths] : [basePath.replace(/\/+$/, '')]
  return [...new Set(bases)].map((base) => {
    // Own templates are written without a query; some files carry one or a fragment to tell operations apart.
    const template = operation.template.replace(/[?#].*$/, '')
    const names = [...(base + template).matchAll(/\{([^}]+)\}/g)].map(([, name]) => name ?? '')
    const pieces = (base + template)
      .split(/\{[^}]+\}/)
      .map((piece) => piece.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`))
    return {
      specification,
      operation,
      expression: new RegExp(`^${pieces.join('([^/]+)')}$`),
      names,
      rank: names.length,
    }
  })
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
