// First import: tsyringe does not load without it.
import 'reflect-metadata'
import { container as root, instanceCachingFactory, type DependencyContainer } from 'tsyringe'
import type { ServiceToken } from '../contract/index.ts'
import { KontorError } from '../errors/index.ts'

/** Gets a service; its type is the token's. */
export type Get = <T>(token: ServiceToken<T>) => T

/** Another way to make a service: `[Clock, () => myClock]`; made with {@link override}, the factory is checked against the token. */
export type Override = readonly [token: ServiceToken<unknown>, factory: (get: Get) => unknown]
export const override = <T>(token: ServiceToken<T>, factory: (get: Get) => T): Override => [token, factory]

/**
 * A place of services: the process, in it a plugin, in it a connection. What is not registered here is looked for outside.
 * A service is made when it is first asked for, once, from services of the scope it was registered in.
 */
export interface ServiceScope extends AsyncDisposable {
  /** A later registration for the same token replaces an earlier one that was not yet used. What the factory makes is disposed with the scope. */
  register<T>(token: ServiceToken<T>, factory: (get: Get) => T): void
  /** A value that belongs to somebody else: it is not disposed. */
  provide<T>(token: ServiceToken<T>, value: T): void
  override(overrides: readonly Override[]): void
  has(token: ServiceToken<unknown>): boolean
  readonly get: Get
  child(name: string): ServiceScope
}

/** A scope of its own, outside of any other: tsyringe's global container is never used, so tests and two hosts in a process do not meet. */
export const createScope = (name = 'process'): ServiceScope => scopeOf(root.createChildContainer(), name, undefined)

function scopeOf(
  container: DependencyContainer,
  name: string,
  parent: { forget(child: AsyncDisposable): void } | undefined,
): ServiceScope {
  const made: unknown[] = []
  const children = new Set<AsyncDisposable>()
  const underway: string[] = []
  let disposed = false

  const get: Get = <T>(token: ServiceToken<T>): T => {
    if (disposed)
      throw new KontorError('INTERNAL', { message: `The ${name} is closed; it has no ${token.name} any more.` })
    if (!container.isRegistered(token.symbol, true))
      throw new KontorError('INTERNAL', { message: `The ${name} has no service "${token.name}".` })
    return container.resolve<T>(token.symbol)
  }
  const register = <T>(token: ServiceToken<T>, factory: (get: Get) => T, ours: boolean): void => {
    // The factory is bound to this scope, not to the one that asks: else a shared service would be made of one connection's parts.
    const useFactory = instanceCachingFactory(() => {
      if (underway.includes(token.name))
        throw new KontorError('INTERNAL', {
          message: `Services need each other in a circle: ${[...underway, token.name].join(' → ')}.`,
        })
      underway.push(token.name)
      try {
        const service = factory(get)
        if (ours) made.push(service)
        return service
      } finally {
        underway.pop()
      }
    })
    container.register(token.symbol, { useFactory })
  }

  const self: ServiceScope = {
    register: (token, factory) => register(token, factory, true),
    provide: (token, value) => register(token, () => value, false),
    override: (overrides) => {
      for (const [token, factory] of overrides) register(token, factory, true)
    },
    has: (token) => container.isRegistered(token.symbol, true),
    get,
    child(childName) {
      const child = scopeOf(container.createChildContainer(), childName, { forget: (one) => children.delete(one) })
      children.add(child)
      return child
    },
    /** Inner scopes first, then what was made here, last in first out. One failure does not keep the others open. */
    async [Symbol.asyncDispose]() {
      if (disposed) return
      disposed = true
      parent?.forget(self)
      const failures: unknown[] = []
      for (const each of [...made, ...children].toReversed())
        await dispose(each).catch((error: unknown) => failures.push(error))
      if (failures.length === 1) throw failures[0]
      if (failures.length > 1)
        throw new AggregateError(failures, `${failures.length} services of the ${name} could not be closed`)
    },
  }
  return self
}

async function dispose(service: unknown): Promise<void> {
  if (isAsyncDisposable(service)) await service[Symbol.asyncDispose]()
  else if (isDisposable(service)) service[Symbol.dispose]()
}

const isAsyncDisposable = (value: unknown): value is AsyncDisposable =>
  typeof value === 'object' &&
  value !== null &&
  Symbol.asyncDispose in value &&
  typeof value[Symbol.asyncDispose] === 'function'
const isDisposable = (value: unknown): value is Disposable =>
  typeof value === 'object' && value !== null && Symbol.dispose in value && typeof value[Symbol.dispose] === 'function'
