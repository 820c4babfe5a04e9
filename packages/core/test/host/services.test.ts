import { describe, expect, it } from 'vitest'
import { consoleLog, createMemoryCache, createRedactor, maskedLog, nullLog, systemClock } from '../../src/host/index.ts'
import { createTestClock } from '../support/clock.ts'

describe('the log', () => {
  it('is one JSON object a line, with secrets masked in message and fields, and nothing below its level', () => {
    const lines: string[] = []
    const log = consoleLog({
      level: 'info',
      clock: createTestClock(),
      redactor: createRedactor('geheim-17'),
      write: (line) => void lines.push(line),
    })
    log.debug('not this')
    log.warn('sent geheim-17', {
      count: 3,
      url: 'https://u:geheim-17@shop.example/?token=x',
      on: true,
      none: undefined,
    })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/\n$/)
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      time: '2026-05-03T10:00:00.000Z',
      level: 'warn',
      message: 'sent ***',
      count: 3,
      url: 'https://***@shop.example/?token=***',
      on: true,
    })
  })
  it('carries what is said of every line', () => {
    const seen: unknown[] = []
    const log = maskedLog(
      { ...nullLog, error: (message, fields) => void seen.push(message, fields) },
      createRedactor(),
      { connection: 'shop' },
    )
    log.error('broken', { attempt: 2 })
    expect(seen).toEqual(['broken', { connection: 'shop', attempt: 2 }])
  })
  it('that says nothing says nothing', () => {
    expect([nullLog.debug('x'), nullLog.info('x'), nullLog.warn('x'), nullLog.error('x')]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })
})

describe('the cache', () => {
  it('keeps a fact for its time, and at most so many', async () => {
    const clock = createTestClock()
    const cache = createMemoryCache(clock, 2)
    await cache.set('a', { id: 1 }, 1000)
    await cache.set('b', 'two', 5000)
    expect(await cache.get('a')).toEqual({ id: 1 })
    clock.advance(1000)
    expect(await cache.get('a')).toBeUndefined()
    await cache.set('c', 3, 5000)
    await cache.set('b', 'again', 5000)
    await cache.set('d', 4, 5000)
    expect([await cache.get('b'), await cache.get('c'), await cache.get('d')]).toEqual(['again', undefined, 4])
    await cache.delete('b')
    expect(await cache.get('b')).toBeUndefined()
  })
})

describe('the clock of this machine', () => {
  it('sleeps, and wakes at once when it is told to', async () => {
    const began = performance.now()
    await systemClock.sleep(20)
    expect(performance.now() - began).toBeGreaterThanOrEqual(18)
    const stop = new AbortController()
    const asleep = systemClock.sleep(60_000, stop.signal)
    stop.abort(new Error('enough'))
    await expect(asleep).rejects.toThrow('enough')
    await expect(systemClock.sleep(5, AbortSignal.abort(new Error('never')))).rejects.toThrow('never')
  })
  it('sleeps longer than a timer can', async () => {
    const stop = new AbortController()
    let woke = false
    const asleep = systemClock.sleep(2 ** 31 + 5000, stop.signal).then(
      () => (woke = true),
      () => undefined,
    )
    await systemClock.sleep(20)
    expect(woke).toBe(false)
    stop.abort()
    await asleep
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(100)
  })
})
