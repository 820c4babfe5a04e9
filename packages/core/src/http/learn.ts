import type { LimitSpec } from '../contract/index.ts'
import type { Told } from './bucket-state.ts'
import type { Buckets, Draw } from './buckets.ts'

/** Tells the buckets of a call what the headers of its answer say about them. */
export async function learn(buckets: Buckets, draws: readonly Draw[], headers: Headers, now: number): Promise<void> {
  for (const { key, spec } of draws) {
    const told = toldBy(spec, headers, now)
    if (told) await buckets.learn(key, spec, told, now)
  }
}

function toldBy({ learn: names }: LimitSpec, headers: Headers, now: number): Told | undefined {
  if (!names) return undefined
  const limit = numberIn(headers, names.limit)
  const remaining = numberIn(headers, names.remaining)
  const reset = numberIn(headers, names.reset?.header)
  const resetAt =
    reset === undefined || !names.reset
      ? undefined
      : { seconds: now + reset * 1000, milliseconds: now + reset, 'epoch-seconds': reset * 1000 }[names.reset.as]
  if (limit === undefined && remaining === undefined) return undefined
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(resetAt === undefined ? {} : { resetAt }),
  }
}

function numberIn(headers: Headers, name: string | undefined): number | undefined {
  const text = name === undefined ? null : headers.get(name)
  return text !== null && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined
}
