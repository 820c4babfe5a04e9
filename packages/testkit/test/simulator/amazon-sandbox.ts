import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Exchange } from '../../src/simulator/index.ts'
import { exchangeOf } from './exchange-of.ts'

const Json = z.record(z.string(), z.unknown())
const Case = z.object({
  request: z
    .object({ parameters: z.record(z.string(), z.object({ value: z.unknown() })).default({}) })
    .default({ parameters: {} }),
  response: z.unknown(),
})
const Sandbox = z.object({ 'x-amzn-api-sandbox': z.object({ static: z.array(Case).default([]) }).optional() })
const Operation = z.object({
  parameters: z.array(z.looseObject({ name: z.string().optional(), in: z.string().optional() })).default([]),
  responses: z.record(z.string(), Sandbox),
})
const Model = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })

export function readJson(file: string): Record<string, unknown> {
  return Json.parse(JSON.parse(readFileSync(file, 'utf8')))
}

/** The static sandbox cases of an official model, as exchanges. */
export function sandboxExchanges(file: string): Exchange[] {
  const { paths } = Model.parse(readJson(file))
  return Object.entries(paths).flatMap(([template, item]) =>
    Object.entries(item).flatMap(([method, value]) => {
      const operation = Operation.safeParse(value)
      return operation.success ? casesOf(method.toUpperCase(), template, operation.data) : []
    }),
  )
}

function casesOf(method: string, template: string, operation: z.output<typeof Operation>): Exchange[] {
  return Object.entries(operation.responses).flatMap(([status, { 'x-amzn-api-sandbox': sandbox }]) =>
    (sandbox?.static ?? []).map(({ request, response }) => {
      const given = new Map(Object.entries(request.parameters).map(([name, { value }]) => [name, value]))
      const path = template.replaceAll(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(textOf(given.get(name))))
      const query = new URLSearchParams()
      for (const [name, value] of given)
        if (!template.includes(`{${name}}`) && name !== 'body') query.set(name, textOf(value))
      const body = given.get('body')
      return exchangeOf({
        method,
        target: `${path}?${query.toString()}`,
        status: Number(status),
        ...(body === undefined ? {} : { body }),
        ...(status === '204' ? {} : { answer: response }),
      })
    }),
  )
}

/** As it would stand in a URL. A case that leaves a path parameter open takes any. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(',')
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? `${value}` : 'any'
}
