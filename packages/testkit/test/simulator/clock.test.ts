import { describe, expect, it, vi } from 'vitest'
import { createClock } from '../../src/simulator/index.ts'

const START = '2026-03-01T00:00:00.000Z'

describe('a clock moved by hand', () => {
  it('stands still until it is advanced', async () => {
    const clock = createClock({ startsAt: START, rate: 'manual' })
    await new Promise((resolve) => setTimeout(resolve, 15))
    expect(clock.instant()).toBe(START)
    await clock.advance(1_500)
    expect(clock.now() - Date.parse(START)).toBe(1_500)
    expect(clock.instant(-500)).toBe('2026-03-01T00:00:01.000Z')
    await expect(clock.advance(-1)).rejects.toThrow('forward')
  })

  it('fires in order of time, each with the clock at its own instant', async () => {
    const clock = createClock({ startsAt: 0, rate: 'manual' })
    const fired: string[] = []
    clock.after(300, () => void fired.push(`c ${clock.now()}`))
    clock.at(new Date(100), () => void fired.push(`a ${clock.now()}`))
    clock.every(120, () => void fired.push(`every ${clock.now()}`))
    clock.after(100, () => void fired.push(`b ${clock.now()}`))
    await clock.advance(300)
    expect(fired).toEqual(['a 100', 'b 100', 'every 120', 'every 240', 'c 300'])
  })

  it('fires what a timer or a sleeper sets on its way, and waits for what a timer does', async () => {
    const clock = createClock({ startsAt: 0, rate: 'manual' })
    const fired: string[] = []
    const sleeper = (async () => {
      for (let step = 0; step < 3; step += 1) {
        await clock.sleep(100)
        fired.push(`slept ${clock.now()}`)
      }
    })()
    clock.after(150, async () => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      clock.after(10, () => void fired.push(`nested ${clock.now()}`))
    })
    await clock.advance(300)
    await sleeper
    expect(fired).toEqual(['slept 100', 'nested 160', 'slept 200', 'slept 300'])
  })

  it('runs what has passed with the next advance, never at once', async () => {
    const clock = createClock({ startsAt: 1_000, rate: 'manual' })
    const run = vi.fn<() => void>()
    clock.at(10, run)
    expect(run).not.toHaveBeenCalled()
    await clock.advance(0)
    expect(run).toHaveBeenCalledOnce()
    expect(clock.now()).toBe(1_000)
  })

  it('fires nothing that is cancelled, closed or aborted', async () => {
    const clock = createClock({ startsAt: 0, rate: 'manual' })
    const run = vi.fn<() => void>()
    clock.every(10, run).cancel()
    const scope = clock.scope()
    scope.after(10, run)
    scope.close()
    const aborting = new AbortController()
    const sleep = clock.sleep(10, aborting.signal)
    aborting.abort(new Error('enough'))
    await expect(sleep).rejects.toThrow('enough')
    await expect(clock.sleep(10, aborting.signal)).rejects.toThrow('enough')
    await clock.advance(100)
    expect(run).not.toHaveBeenCalled()
  })

  it('passes on what a timer throws, or gives it to the scope', async () => {
    const clock = createClock({ startsAt: 0, rate: 'manual' })
    const failures: unknown[] = []
    clock
      .scope((failure) => failures.push(failure))
      .after(1, () => {
        throw new Error('in the scope')
      })
    await clock.advance(1)
    expect(failures).toEqual([new Error('in the scope')])
    clock.after(1, () => Promise.reject(new Error('alone')))
    await expect(clock.advance(1)).rejects.toThrow('alone')
  })

  it('drives itself from timer to timer until work is done: an hour in no time', async () => {
    const clock = createClock({ startsAt: 0, rate: 'manual' })
    const begin = performance.now()
    const work = (async () => {
      for (let minute = 0; minute < 60; minute += 1) await clock.sleep(60_000)
      return 'done'
    })()
    expect(await clock.drive(work, { quietMs: 0 })).toBe('done')
    expect(clock.now()).toBe(3_600_000)
    expect(performance.now() - begin).toBeLessThan(2_000)
  })

  it('drives no further than work that fails', async () => {
    const clock = createClock({ startsAt: 0, rate: 'manual' })
    clock.every(1_000, () => undefined)
    await expect(clock.drive(Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(clock.now()).toBe(0)
  })
})

describe('a running clock', () => {
  it('runs so many times as fast, with timers and sleepers', async () => {
    const clock = createClock({ startsAt: 0, rate: 3_600 })
    const ticks: number[] = []
    const timer = clock.every(60_000, () => void ticks.push(clock.now()))
    await clock.sleep(200_000)
    timer.cancel()
    expect(ticks.length).toBe(3)
    expect(ticks[0]).toBeGreaterThanOrEqual(60_000)
    expect(clock.now()).toBeGreaterThanOrEqual(200_000)
    expect(clock.now()).toBeLessThan(3_600_000)
  })

  it('jumps when advanced, and changes its rate without jumping', async () => {
    const clock = createClock({ startsAt: 0, rate: 1 })
    const run = vi.fn<() => void>()
    clock.after(3_600_000, run)
    await clock.advance(3_600_000)
    expect(run).toHaveBeenCalledOnce()
    clock.setRate('manual')
    const now = clock.now()
    expect(now).toBeLessThan(3_700_000)
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect([clock.rate, clock.now()]).toEqual([0, now])
    expect(() => clock.setRate(-1)).toThrow('rate')
  })
})
