/**
 * The part of Standard Schema v1 that the contract speaks of, so that two installed versions of zod still agree.
 * At run time config, credentials and checkpoints are zod 4 schemas: documentation and JSON Schema are made from them.
 */
export interface Schema<Output = unknown, Input = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
      }[]
    }
type TypesOf<S> = S extends { readonly '~standard': { readonly types?: infer T } } ? NonNullable<T> : never
type IsAny<S> = 0 extends 1 & S ? true : false
// oxlint-disable-next-line typescript/no-explicit-any -- of a schema that was forgotten (`Plugin`), its values are forgotten too
type Forgotten = any
export type OutputOf<S> =
  IsAny<S> extends true ? Forgotten : TypesOf<S> extends { readonly output: infer Output } ? Output : never
export type InputOf<S> =
  IsAny<S> extends true ? Forgotten : TypesOf<S> extends { readonly input: infer Input } ? Input : never

/** Checks a value against a schema that answers at once. */
export function validate<Output>(schema: Schema<Output>, value: unknown): SchemaResult<Output> {
  const result = schema['~standard'].validate(value)
  if (result instanceof Promise) throw new TypeError('a schema of the contract must answer synchronously')
  return result
}

/** The path of an issue as dotted text: `orderlines.0.price`. */
export const issuePath = (issue: {
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}): string => (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
