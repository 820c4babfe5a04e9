import { z } from 'zod'
import type { Exchange } from './exchanges.ts'
import type { FaultName } from './fault-schema.ts'
import type { FiredFault } from './faults.ts'
import type { LimitState } from './limits.ts'

/** What the control path answers, as its client reads it. */
export const StateSchema = z.object({
  id: z.string(),
  seed: z.union([z.number(), z.string()]),
  now: z.string(),
  rate: z.number(),
  options: z.unknown(),
  effects: z.number(),
  exchanges: z.number(),
  inFlight: z.number(),
  unknownRoutes: z.array(z.object({ method: z.string(), path: z.string(), query: z.string() })),
  failures: z.array(z.string()),
})

export const TruthSchema = z.object({
  effects: z.array(z.object({ at: z.string(), what: z.string(), key: z.string(), detail: z.unknown().optional() })),
})

export const AddedSchema = z.object({ id: z.number() })

export const NowSchema = z.object({ now: z.string() })

export const ErrorSchema = z.object({ error: z.string() })

const FiredFaultSchema: z.ZodType<FiredFault> = z.object({
  at: z.string(),
  fault: z.number(),
  do: z.custom<FaultName>((name) => typeof name === 'string'),
  method: z.string(),
  path: z.string(),
})

export const FiredSchema = z.object({ fired: z.array(FiredFaultSchema) })

const LimitStateSchema: z.ZodType<LimitState> = z.object({
  name: z.string(),
  key: z.string(),
  limit: z.number(),
  perMs: z.number(),
  remaining: z.number(),
  resetMs: z.number(),
  allowed: z.number(),
  refused: z.number(),
  peak: z.number(),
})

export const LimitsSchema = z.object({ limits: z.array(LimitStateSchema) })

const bytes = z.string().transform((text) => Buffer.from(text, 'base64'))

const ExchangeSchema: z.ZodType<Exchange> = z.object({
  index: z.number(),
  at: z.string(),
  method: z.string(),
  path: z.string(),
  query: z.string(),
  requestHeaders: z.record(z.string(), z.string()),
  requestBody: bytes,
  route: z.exactOptional(z.string()),
  status: z.exactOptional(z.number()),
  responseHeaders: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  responseBody: bytes,
  faults: z.array(z.string()),
  limit: z.exactOptional(z.string()),
  ended: z.enum(['answered', 'cut', 'abandoned']),
})

export const ExchangesSchema = z.object({
  total: z.number(),
  count: z.number(),
  exchanges: z.array(ExchangeSchema).default([]),
})
