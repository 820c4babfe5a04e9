import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** One of Amazon's static sandbox cases: what must be asked, and what is answered then. */
export interface SandboxCase {
  /** The model's file name, without `.json`. */
  readonly model: string
  readonly operation: string
  readonly method: string
  /** As in the model: `/orders/v0/orders/{orderId}`. */
  readonly path: string
  readonly status: number
  /** What a request must have, by the names of the model. `undefined`: anything. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** Where a parameter stands. */
  readonly places: Readonly<Record<string, 'path' | 'query' | 'header' | 'body'>>
  readonly response: unknown
}

const Parameter = z.looseObject({ name: z.string(), in: z.enum(['path', 'query', 'header', 'body', 'formData']) })
const Static = z.looseObject({
  request: z
    .looseObject({ parameters: z.record(z.string(), z.looseObject({ value: z.unknown().optional() })).default({}) })
    .default({ parameters: {} }),
  response: z.unknown().optional(),
})
const Response = z.looseObject({
  'x-amzn-api-sandbox': z.looseObject({ static: z.array(Static).default([]) }).optional(),
})
const Operation = z.looseObject({
  operationId: z.string(),
  parameters: z.array(z.unknown()).default([]),
  responses: z.record(z.string(), Response),
})
const Model = z.looseObject({
  swagger: z.literal('2.0'),
  parameters: z.record(z.string(), z.unknown()).default({}),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
})

/** All static cases of the models in a folder, in their order. Files that are no Swagger 2.0 model are passed over. */
export function loadSandboxCases(folder: string): SandboxCase[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .flatMap((name) => {
      const content: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'))
      const model = Model.safeParse(content)
      return model.success ? casesOf(name.replace('.json', ''), model.data) : []
    })
}

function casesOf(model: string, { paths, parameters: shared }: z.output<typeof Model>): SandboxCase[] {
  const shape = (given: readonly unknown[]) =>
    given.map((one) => Parameter.safeParse(isReference(one) ? shared[one.$ref.split('/').at(-1) ?? ''] : one).data)
  return Object.entries(paths).flatMap(([path, methods]) => {
    const common = z.array(z.unknown()).catch([]).parse(methods['parameters'])
    return Object.entries(methods).flatMap(([method, given]) => {
      const operation = Operation.safeParse(given)
      if (!operation.success) return []
      const places = Object.fromEntries(
        shape([...common, ...operation.data.parameters]).flatMap((one) =>
          one === undefined || one.in === 'formData' ? [] : [[one.name, one.in] as const],
        ),
      )
      return Object.entries(operation.data.responses).flatMap(([status, response]) =>
        (response['x-amzn-api-sandbox']?.static ?? []).map((one): SandboxCase => ({
          model,
          operation: operation.data.operationId,
          method: method.toUpperCase(),
          path,
          status: Number(status),
          parameters: Object.fromEntries(
            Object.entries(one.request.parameters).map(([name, { value }]) => [
              name,
              isAnything(value) ? undefined : value,
            ]),
          ),
          places,
          response: one.response ?? null,
        })),
      )
    })
  })
}

const isReference = (value: unknown): value is { $ref: string } =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, '$ref') === 'string'

/** No value, null and an empty object stand for anything. */
const isAnything = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0)
