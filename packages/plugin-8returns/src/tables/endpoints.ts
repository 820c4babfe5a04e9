import type { Evidence } from '@kontor/core'
import type { Permission } from './permissions.ts'

export const operations = [
  'listReturns',
  'getReturn',
  'updateReturnItems',
  'createReturn',
  'createLabel',
  'findOrders',
] as const
export type Operation = (typeof operations)[number]

export const assumedOperations = ['createReturn', 'createLabel', 'findOrders'] as const
export type AssumedOperation = (typeof assumedOperations)[number]

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH'

export interface Endpoint {
  method: Method
  /** Below `baseUrl`; `{id}` is the id of the return. */
  path: string
  evidence: Evidence
  /** What the evidence is. */
  because: string
  permission: Permission
  /** What of ours needs it. */
  neededBy: string
  /** What it is called in messages. */
  doing: string
}

/**
 * Every endpoint there is, overridable by `config.endpoints` and nowhere else.
 * Source: the reconstruction of the interface from four separately written public callers (2026-11-22); the vendor's own reference at
 * https://docs.8returns.com/api-documentation/rest-api could not be read. `PUT /v1/items/{id}` is left out: two callers send it two bodies.
 */
export const endpoints: Readonly<Record<Operation, Endpoint>> = {
  listReturns: {
    method: 'GET',
    path: '/v1/customer_returns',
    evidence: 'observed',
    because: 'four public callers send it',
    permission: 'returns',
    neededBy: 'reader `returns`',
    doing: 'list returns',
  },
  getReturn: {
    method: 'GET',
    path: '/v1/customer_returns/{id}',
    evidence: 'inferred',
    because: 'one caller types its answer, none sends it; on 404 the list is searched instead',
    permission: 'returns',
    neededBy: 'reader `returns` (by id) and writer `receipts`',
    doing: 'read a return',
  },
  updateReturnItems: {
    method: 'PATCH',
    path: '/v1/customer_returns/{id}/items',
    evidence: 'observed',
    because: 'two public callers send it',
    permission: 'returns',
    neededBy: 'writer `receipts`',
    doing: 'book items of a return',
  },
  createReturn: {
    method: 'POST',
    path: '/v1/customer_returns',
    evidence: 'assumed',
    because: 'nobody is known to send it; its form follows the rest of the interface',
    permission: 'returns',
    neededBy: 'action `createReturn`',
    doing: 'create a return',
  },
  createLabel: {
    method: 'POST',
    path: '/v1/customer_returns/{id}/labels',
    evidence: 'assumed',
    because: 'nobody is known to send it; its form follows comparable systems',
    permission: 'labels',
    neededBy: 'action `createLabel`',
    doing: 'create a return label',
  },
  findOrders: {
    method: 'GET',
    path: '/v1/orders',
    evidence: 'assumed',
    because: 'nobody is known to send it; its form follows the list of returns',
    permission: 'orders',
    neededBy: 'action `findOrders`',
    doing: 'find orders',
  },
}

export interface Target {
  method: Method
  path: string
}
export type EndpointOverrides = Readonly<
  Partial<Record<Operation, { method?: Method | undefined; path?: string | undefined } | undefined>>
>

/** Method and path of an operation, the configuration's word first. */
export function targetOf(operation: Operation, overrides: EndpointOverrides, id?: string): Target {
  const { method, path } = { ...endpoints[operation], ...overridesOf(operation, overrides) }
  return { method, path: path.replaceAll('{id}', encodeURIComponent(id ?? '')) }
}

function overridesOf(operation: Operation, overrides: EndpointOverrides): Partial<Target> {
  const { method, path } = overrides[operation] ?? {}
  return { ...(method === undefined ? {} : { method }), ...(path === undefined ? {} : { path }) }
}

/** Which operation an exchange was, by its method and path; of two that fit the one without a placeholder. */
export function operationOf(sent: Target, overrides: EndpointOverrides): Operation | undefined {
  const path = sent.path.split('?', 1)[0] ?? ''
  const fitting = operations.filter((operation) => {
    const { method, path: pattern } = { ...endpoints[operation], ...overridesOf(operation, overrides) }
    return method === sent.method && asPattern(pattern).test(path)
  })
  return fitting.find((operation) => !endpoints[operation].path.includes('{')) ?? fitting[0]
}

const asPattern = (path: string): RegExp =>
  new RegExp(`${path.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll('{id}', '[^/]+')}/?$`)
