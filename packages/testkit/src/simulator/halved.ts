import { createRequest, type SimulatorRequest } from './request.ts'

/**
 * The request of which a system does but half before it breaks down: of each list in a JSON body, however deep, the first half. A body without lists
 * of several members, or that is no JSON, stays whole.
 */
export function halved(request: SimulatorRequest): SimulatorRequest {
  const { method, path, query, headers } = request
  let asked: unknown
  try {
    asked = request.json()
  } catch {
    return request
  }
  return createRequest({
    method,
    target: query.size === 0 ? path : `${path}?${query.toString()}`,
    rawHeaders: Object.entries(headers).flat(),
    body: Buffer.from(JSON.stringify(halfOf(asked))),
  })
}

function halfOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, Math.ceil(value.length / 2)).map(halfOf)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, halfOf(inner)]))
}
