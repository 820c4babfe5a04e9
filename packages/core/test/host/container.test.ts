import { describe, expect, it } from 'vitest'
import { serviceToken } from '../../src/index.ts'
import { createScope, override } from '../../src/host/index.ts'

interface Named {
  name: string
}
const A = serviceToken<Named>('test-a@1')
const B = serviceToken<Named>('test-b@1')
const C = serviceToken<Named>('test-c@1')

/** A service that notes when it is closed. */
function closing(name: string, closed: string[], how: 'sync' | 'async' = 'async'): Named {
  const note = (): void => void closed.push(name)
  const dispose = how === 'async' ? { [Symbol.asyncDispose]: async () => note() } : { [Symbol.dispose]: note }
  return Object.assign({ name }, dispose)
}

describe('a scope of services', () => {
  it('makes a service when it is first asked for, and once', () => {
    const scope = createScope()
    let made = 0
    scope.register(A, () => ({ name: `a${++made}` }))
    expect(made).toBe(0)
    expect([scope.get(A), scope.child('x').get(A), scope.get(A)].map(({ name }) => name)).toEqual(['a1', 'a1', 'a1'])
  })
  it('finds outside what is not registered inside, and not the other way', () => {
    const outer = createScope()
    const inner = outer.child('inner')
    outer.provide(A, { name: 'outer' })
    inner.provide(B, { name: 'inner' })
    expect(inner.get(A).name).toBe('outer')
    expect([inner.has(B), outer.has(B)]).toEqual([true, false])
    expect(() => outer.get(B)).toThrow(
      expect.objectContaining({ code: 'INTERNAL', message: expect.stringContaining('test-b@1') }),
    )
  })
  it('makes a service of its own scope’s parts, whoever asks first', () => {
    const outer = createScope()
    const inner = outer.child('inner')
    outer.provide(A, { name: 'outer' })
    outer.register(B, (get) => ({ name: `b of ${get(A).name}` }))
    inner.provide(A, { name: 'inner' })
    inner.register(C, (get) => ({ name: `c of ${get(A).name}` }))
    expect([inner.get(B).name, inner.get(C).name]).toEqual(['b of outer', 'c of inner'])
  })
  it('lets another factory be registered under a token', () => {
    const scope = createScope()
    scope.register(A, () => ({ name: 'usual' }))
    scope.register(B, (get) => ({ name: `b of ${get(A).name}` }))
    scope.override([override(A, () => ({ name: 'special' }))])
    expect(scope.get(B).name).toBe('b of special')
  })
  it('keeps two neighbours apart, and two processes', () => {
    const outer = createScope()
    outer.child('one').provide(A, { name: 'one' })
    expect(outer.child('two').has(A)).toBe(false)
    expect(createScope().has(A)).toBe(false)
  })
  it('means the same service by two tokens of one name: two installed copies of core agree', () => {
    const scope = createScope()
    scope.provide(A, { name: 'a' })
    expect(scope.get(serviceToken<Named>('test-a@1')).name).toBe('a')
  })
  it('names the circle in which services need each other', () => {
    const scope = createScope()
    scope.register(A, (get) => get(B))
    scope.register(B, (get) => get(A))
    expect(() => scope.get(A)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('test-a@1 → test-b@1 → test-a@1') }),
    )
  })
  it('tries a factory again that failed', () => {
    const scope = createScope()
    let tries = 0
    scope.register(A, () => {
      if (++tries === 1) throw new Error('not yet')
      return { name: 'a' }
    })
    expect(() => scope.get(A)).toThrow('not yet')
    expect(scope.get(A).name).toBe('a')
  })
})

describe('closing a scope', () => {
  it('closes inner scopes first, then what was made, last in first out', async () => {
    const closed: string[] = []
    const outer = createScope()
    const inner = outer.child('inner')
    outer.register(A, () => closing('a', closed))
    outer.register(B, (get) => closing(`b of ${get(A).name}`, closed, 'sync'))
    inner.register(C, () => closing('c', closed))
    outer.get(B)
    inner.get(C)
    await outer[Symbol.asyncDispose]()
    await outer[Symbol.asyncDispose]()
    expect(closed).toEqual(['c', 'b of a', 'a'])
    expect(() => outer.get(A)).toThrow('is closed')
  })
  it('closes neither what was never made nor what belongs to somebody else', async () => {
    const closed: string[] = []
    {
      await using scope = createScope()
      scope.register(A, () => closing('a', closed))
      scope.provide(B, closing('b', closed))
      scope.get(B)
    }
    expect(closed).toEqual([])
  })
  it('closes the rest where one fails, and says so', async () => {
    const closed: string[] = []
    const scope = createScope()
    scope.register(A, () => closing('a', closed))
    const stuck = { name: 'b', [Symbol.asyncDispose]: () => Promise.reject(new Error('stuck')) }
    scope.register(B, () => stuck)
    scope.get(A)
    scope.get(B)
    await expect(scope[Symbol.asyncDispose]()).rejects.toThrow('stuck')
    expect(closed).toEqual(['a'])
  })
  it('of an inner one leaves the outer one in use', async () => {
    const closed: string[] = []
    const outer = createScope()
    outer.register(A, () => closing('a', closed))
    const inner = outer.child('inner')
    inner.get(A)
    await inner[Symbol.asyncDispose]()
    expect(closed).toEqual([])
    expect(outer.get(A).name).toBe('a')
  })
})
