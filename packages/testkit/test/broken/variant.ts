import type { Delivery, Http, Outcome, Page, Plugin, Reader, Writer } from '@kontor/core'
import { musterladen } from '../musterladen/plugin.ts'

type Right = typeof musterladen
export type Services = Parameters<Right['create']>[0]
type Parts = ReturnType<Right['create']>
export type ShopHttp = Services['http']
export type OrdersReader = Parts['readers']['orders']
export type OrdersPage = Page<'orders', { after: string }>

/** A plugin that is right but for one thing, and the case that must find it. */
export interface Broken {
  readonly name: string
  /** Id of the case that must fail. */
  readonly caughtBy: string
  readonly plugin: Plugin
  /** Where real processes find it; only what is about them has one. */
  readonly module?: string
}

export interface Change {
  manifest?: Partial<Right>
  module?: string
  http?(http: ShopHttp, services: Services): ShopHttp
  parts?(parts: Parts, services: Services): Parts
}

/** The right plugin with a small change. */
export function broken(name: string, caughtBy: string, change: Change): Broken {
  const plugin: Plugin = {
    ...musterladen,
    ...change.manifest,
    create(given): Parts {
      // The manifest that stands above is the right plugin's, so these are its services.
      const services = given as unknown as Services
      const http = change.http?.(services.http, services) ?? services.http
      const parts = musterladen.create({ ...services, http })
      return change.parts?.(parts, { ...services, http }) ?? parts
    },
  }
  return { name, caughtBy, plugin, ...(change.module === undefined ? {} : { module: change.module }) }
}

/** Another reading of orders. */
export const reading =
  (
    read: (
      right: OrdersReader,
      request: Parameters<OrdersReader['read']>[0],
      services: Services,
    ) => AsyncIterable<OrdersPage>,
  ): NonNullable<Change['parts']> =>
  (parts, services) => ({
    ...parts,
    readers: {
      ...parts.readers,
      orders: { ...parts.readers.orders, read: (request) => read(parts.readers.orders, request, services) },
    },
  })

/** Each page of orders changed. */
export const pages = (change: (page: OrdersPage, services: Services) => OrdersPage): NonNullable<Change['parts']> =>
  reading(async function* changed(right, request, services) {
    for await (const page of right.read(request)) yield change(page, services)
  })

/** Another reading by id. */
export const fetching =
  (
    fetch: (
      right: OrdersReader,
      ...input: Parameters<NonNullable<Reader<'orders'>['fetch']>>
    ) => ReturnType<NonNullable<Reader<'orders'>['fetch']>>,
  ): NonNullable<Change['parts']> =>
  (parts) => ({
    ...parts,
    readers: {
      ...parts.readers,
      orders: { ...parts.readers.orders, fetch: (refs, signal) => fetch(parts.readers.orders, refs, signal) },
    },
  })

type ShipmentsWriter = Writer<'shipments'>
type Batch = readonly Delivery<'shipments'>[]

/** Another way to write shipments. */
export const shipping =
  (change: (right: ShipmentsWriter, services: Services) => Partial<ShipmentsWriter>): NonNullable<Change['parts']> =>
  (parts, services) => ({
    ...parts,
    writers: {
      ...parts.writers,
      shipments: { ...parts.writers.shipments, ...change(parts.writers.shipments, services) },
    },
  })

/** Each outcome of writing shipments changed; undefined leaves it out. */
export const outcomes = (
  change: (outcome: Outcome, delivery: Delivery<'shipments'> | undefined) => Outcome | undefined,
): NonNullable<Change['parts']> =>
  shipping((right) => ({
    async *write(batch: Batch, signal: AbortSignal) {
      for await (const outcome of right.write(batch, signal)) {
        const changed = change(
          outcome,
          batch.find(({ key }) => key === outcome.key),
        )
        if (changed !== undefined) yield changed
      }
    },
  }))

/** Every call changed before it is sent. */
export const calls =
  (change: (call: Parameters<ShopHttp['send']>[0]) => Parameters<ShopHttp['send']>[0]): NonNullable<Change['http']> =>
  (http) => ({ ...http, send: (call) => http.send(change(call) as typeof call) })

/** An HTTP client of the plugin's own making: no limits, no waiting, no rules. */
export const ownClient =
  (
    request: (url: string, init: RequestInit) => Promise<Response>,
    read: (response: Response) => Promise<string> = (response) => response.text(),
  ): NonNullable<Change['http']> =>
  (http: Http<'reads' | 'writes'>, { config, credentials }) => ({
    ...http,
    async send(call) {
      if (call.effect !== 'none') return await http.send(call)
      const url = new URL(call.path, config.baseUrl)
      for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, String(value))
      const response = await request(url.href, {
        headers: { authorization: `Bearer ${credentials.token}` },
        ...(call.signal === undefined ? {} : { signal: call.signal }),
      })
      const body: unknown = JSON.parse(await read(response))
      return { status: response.status, headers: response.headers, body: body as never }
    },
  })
