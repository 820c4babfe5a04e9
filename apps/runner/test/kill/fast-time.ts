/**
 * The time of this process runs so many times as fast, in step with a simulator's clock, where `KONTOR_TEST_TIME` says `RATE SINCE AT`: at the real
 * instant SINCE (milliseconds since 1970) it was AT here. Everything that reads the time or waits follows: leases, time-outs and pauses keep their
 * proportions. To be imported before anything else.
 */
const [rate, since = 0, at = 0] = (process.env['KONTOR_TEST_TIME'] ?? '').split(' ').filter(Boolean).map(Number)
if (rate !== undefined) quicken(rate)

function quicken(times: number): void {
  const RealDate = Date
  const now = (): number => Math.floor(at + (RealDate.now() - since) * times)
  globalThis.Date = class extends RealDate {
    constructor(...given: [] | [string | number | Date] | [number, number, ...number[]]) {
      super(...((given.length === 0 ? [now()] : given) as [number]))
    }
    static override now(): number {
      return now()
    }
  } as DateConstructor

  const steady = performance.now.bind(performance)
  performance.now = () => steady() * times

  const { setTimeout: timeout, setInterval: interval } = globalThis
  const faster =
    (set: typeof timeout | typeof interval) =>
    (run: () => void, ms = 0, ...given: []) =>
      set(run, ms / times, ...given)
  Object.assign(globalThis, { setTimeout: faster(timeout), setInterval: faster(interval) })
}
