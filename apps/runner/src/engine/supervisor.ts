import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate as turn } from 'node:timers/promises'
import { KontorError, type Log } from '@kontor/core'
import type { Journal } from '@kontor/core/host'
import type { Trouble } from '../store/runners.ts'

/** When a plugin is taken to stand still, and how it is ended then. Real time, whatever clock the engine goes by. */
export interface Bounds {
  /** Without a record, an outcome or a call. More than any call may take with all its repetitions. */
  silentMs: number
  /** Without a record or an outcome, however many calls it makes. */
  fruitlessMs: number
  /** Calls without a record or an outcome. */
  calls: number
  /** From being asked to stop until it is left behind. */
  graceMs: number
}

const usualBounds: Bounds = {
  silentMs: 5 * 60_000,
  fruitlessMs: 60 * 60_000,
  calls: 10_000,
  graceMs: 10_000,
}

/** Whose code is run. */
export interface Who {
  connection: string
  plugin: string
}

/** Where a debugger asks whose code runs: a global function of this name, which answers JSON. */
export const whoseKey = 'kontorWhose'

/** One piece of work a plugin was asked for: a reading, a batch, a check. */
interface Watch extends Who {
  supervisor: Supervisor
  doing: string
  /** Asks it to stop: aborted by us, or by whoever wanted it done. */
  stop: AbortController
  /** Aborted when it is left behind: from then on its calls are refused. */
  left: AbortController
  lastSign: number
  lastFruit: number
  calls: number
  /** Why it was stopped. */
  reason: KontorError | undefined
  /** Called once it is left behind. */
  leave: (() => void)[]
  grace: NodeJS.Timeout | undefined
  given: AbortSignal
  forward: () => void
}

/** Whose code runs, of all supervisors of this process. */
const current = new AsyncLocalStorage<Watch>()

/** Troubles that are kept: the newest. */
const kept = 20
/** A timer that comes so much too late says that the whole process stood still. */
const lateMs = 5_000

/**
 * Stands between the engine and the code of plugins, so that one of them takes no other with it. Work that gives no sign of life is stopped, and left
 * behind where it does not stop: whoever waited for it goes on, and what it does later counts no more: its calls are refused, its *begun* is, and
 * nobody listens to what it yields. What it throws where nobody catches it is known by the connection it belongs to.
 */
export class Supervisor {
  readonly #bounds: Bounds
  readonly #log: Log
  readonly #now: () => number
  #troubles: Trouble[] = []
  /** How much of what was left behind has not ended yet. */
  readonly #hanging = new WeakMap<Trouble, number>()
  /** Told when there is another trouble, or one is over. */
  changed: () => void = () => undefined
  /** Told of an error of ours that was thrown and that nobody caught; without it, the process dies of it as any other. */
  fatal: ((thrown: unknown) => void) | undefined

  constructor(log: Log, now: () => number, bounds: Partial<Bounds> = {}) {
    this.#log = log
    this.#now = now
    this.#bounds = { ...usualBounds, ...bounds }
  }

  get troubles(): readonly Trouble[] {
    return this.#troubles
  }

  /** Ends a connection, or leaves it behind where it does not end. */
  async close(who: Who, connected: AsyncDisposable): Promise<void> {
    const over = AbortSignal.abort()
    await this.once(who, 'end', over, async () => await connected[Symbol.asyncDispose]()).catch((thrown: unknown) => {
      this.#log.error(thrown instanceof Error ? thrown.message : String(thrown), { connection: who.connection })
    })
  }

  /** How calls of plugins leave: a sign of life, and refused to work that was left behind. */
  fetch: typeof fetch = async (input, init) => {
    const watch = current.getStore()
    if (!watch) return await fetch(input, init)
    watch.left.signal.throwIfAborted()
    watch.lastSign = performance.now()
    watch.calls++
    if (watch.calls > this.#bounds.calls) {
      this.#halt(watch, `has made ${this.#bounds.calls} calls without telling of a single record or outcome`)
      throw watch.reason
    }
    try {
      return await fetch(input, init)
    } finally {
      watch.lastSign = performance.now()
    }
  }

  /** Work that was left behind begins nothing any more, also where another attempt of the same delivery is under way. */
  journal(journal: Journal): Journal {
    return {
      begin: async (keys, call) => {
        const watch = current.getStore()
        watch?.left.signal.throwIfAborted()
        if (watch) watch.lastSign = performance.now()
        await journal.begin(keys, call)
      },
    }
  }

  /** Whose code runs at this moment, where it is a plugin's. */
  whose(): (Who & { doing: string }) | undefined {
    const watch = current.getStore()
    return watch && { connection: watch.connection, plugin: watch.plugin, doing: watch.doing }
  }

  /** From now on, what nobody catches ends nothing: of a plugin it is a trouble of its connection. */
  listen(): Disposable {
    const rejected = (thrown: unknown): void => {
      if (this.#blame('A promise nobody waits for failed', thrown)) return
      this.#log.error('A promise nobody waits for failed. Report it; --log-level debug shows where.')
      this.#log.debug(stackOf(thrown))
    }
    const uncaught = (thrown: unknown): void => {
      if (this.#blame('An error nobody catches was thrown', thrown)) return
      if (!this.fatal) throw thrown
      this.fatal(thrown)
    }
    process.on('unhandledRejection', rejected)
    process.on('uncaughtException', uncaught)
    // For who looks at this process from outside when nothing in it goes on.
    Reflect.set(globalThis, whoseKey, () => JSON.stringify(this.whose()))
    return {
      [Symbol.dispose]() {
        Reflect.deleteProperty(globalThis, whoseKey)
        process.off('unhandledRejection', rejected)
        process.off('uncaughtException', uncaught)
      },
    }
  }

  /** Notes it at the plugin in whose work it was thrown, however much later; `false` where it was in none. */
  #blame(what: string, thrown: unknown): boolean {
    const watch = current.getStore()
    if (!watch) return false
    // Another engine of this process has it.
    if (watch.supervisor !== this) return true
    const { connection, plugin, doing } = watch
    this.#log.debug(stackOf(thrown), { connection })
    this.#note(
      connection,
      `${what} in the plugin ${plugin} (${doing}; ${thrown instanceof Error ? thrown.name : typeof thrown}). Everything else goes on. Report it to the plugin's author; --log-level debug shows where it was thrown.`,
    )
    return true
  }

  #begin(who: Who, doing: string, given: AbortSignal): Watch {
    const stop = new AbortController()
    const now = performance.now()
    const watch: Watch = {
      ...who,
      supervisor: this,
      doing,
      stop,
      left: new AbortController(),
      forward: () => stop.abort(given.reason),
      given,
      lastSign: now,
      lastFruit: now,
      calls: 0,
      reason: undefined,
      leave: [],
      grace: undefined,
    }
    stop.signal.addEventListener('abort', () => this.#expectEnd(watch), { once: true })
    // Not `AbortSignal.any`: what a plugin leaves listening there would be kept for as long as we run.
    if (given.aborted) watch.forward()
    else given.addEventListener('abort', watch.forward, { once: true })
    return watch
  }

  #end(watch: Watch): void {
    clearTimeout(watch.grace)
    watch.given.removeEventListener('abort', watch.forward)
    watch.leave = []
  }

  /** What a plugin yields. `doing` is for messages: `read orders`. */
  async *stream<T>(
    who: Who,
    doing: string,
    given: AbortSignal,
    start: (signal: AbortSignal) => AsyncIterable<T>,
  ): AsyncGenerator<T, void, undefined> {
    const watch = this.#begin(who, doing, given)
    let iterator: AsyncIterator<T> | undefined
    let over = false
    try {
      iterator = current.run(watch, () => start(watch.stop.signal)[Symbol.asyncIterator]())
      for (;;) {
        // One that never waits for anything itself would let nobody else have a turn.
        await turn()
        const next = await this.#attend(watch, iterator.next.bind(iterator))
        over = next.done === true
        if (over && watch.reason) throw watch.reason
        if (next.done) return
        watch.lastSign = watch.lastFruit = performance.now()
        watch.calls = 0
        yield next.value
      }
    } catch (thrown) {
      over = true
      throw watch.reason ?? thrown
    } finally {
      const leave = iterator?.return?.bind(iterator)
      if (!over && leave) {
        // Whoever read has left in the middle; the plugin may tidy up, for as long as one that was stopped may.
        this.#expectEnd(watch)
        await this.#attend(watch, leave).catch(() => undefined)
      }
      this.#end(watch)
    }
  }

  /** What a plugin answers. */
  async once<T>(who: Who, doing: string, given: AbortSignal, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const watch = this.#begin(who, doing, given)
    try {
      return await this.#attend(watch, async () => await call(watch.stop.signal))
    } catch (thrown) {
      throw watch.reason ?? thrown
    } finally {
      this.#end(watch)
    }
  }

  /** One step of a plugin: until it has come to its end, or was left behind. */
  #attend<T>(watch: Watch, step: () => Promise<T>): Promise<T> {
    watch.lastSign = watch.lastFruit = performance.now()
    const left = Promise.withResolvers<never>()
    const timer = this.#overdue(watch)
    const settled = current.run(watch, async () => await step())
    watch.leave.push(() => {
      const reason = watch.reason ?? stopped(watch)
      left.reject(reason)
      this.#leftBehind(watch, reason, settled)
    })
    if (watch.left.signal.aborted) left.reject(watch.left.signal.reason)
    return Promise.race([settled, left.promise]).finally(() => {
      timer.end()
      watch.leave = []
    })
  }

  /** Looks from time to time whether there was a sign of life. */
  #overdue(watch: Watch): { end: () => void } {
    const { silentMs, fruitlessMs } = this.#bounds
    let timer: NodeJS.Timeout
    const look = (due: number): void => {
      const now = performance.now()
      // It is we who stood still: the process was stopped, or another plugin held it up.
      if (now - due > lateMs) watch.lastSign = watch.lastFruit = now
      if (now - watch.lastSign >= silentMs)
        return this.#halt(watch, `has given no sign of life for ${inWords(silentMs)}`)
      if (now - watch.lastFruit >= fruitlessMs)
        return this.#halt(watch, `has made calls for ${inWords(fruitlessMs)} without telling of a record or outcome`)
      arm(Math.min(watch.lastSign + silentMs, watch.lastFruit + fruitlessMs) - now)
    }
    const arm = (ms: number): void => {
      const due = performance.now() + Math.max(10, ms)
      timer = setTimeout(() => look(due), Math.max(10, ms))
    }
    arm(Math.min(silentMs, fruitlessMs))
    return { end: () => clearTimeout(timer) }
  }

  #halt(watch: Watch, what: string): void {
    if (watch.reason) return
    watch.reason = new KontorError('PLUGIN_STALLED', {
      message: `${watch.connection} (${watch.doing}): the plugin ${watch.plugin} ${what}. It was stopped, and is tried again later.`,
    })
    watch.stop.abort(watch.reason)
  }

  /** It was asked to stop; where it does not, it is left behind. */
  #expectEnd(watch: Watch): void {
    watch.grace ??= setTimeout(() => {
      watch.left.abort(watch.reason ?? stopped(watch))
      for (const leave of watch.leave) leave()
    }, this.#bounds.graceMs)
  }

  #leftBehind(watch: Watch, reason: KontorError, settled: Promise<unknown>): void {
    const trouble = this.#note(
      watch.connection,
      `${reason.message} It did not stop when it was asked to and was left behind: nothing it does from now on counts. If this happens again, restart the runner, and report it to the plugin's author.`,
    )
    this.#hanging.set(trouble, (this.#hanging.get(trouble) ?? 0) + 1)
    const end = (): void => {
      const left = (this.#hanging.get(trouble) ?? 0) - 1
      this.#hanging.set(trouble, left)
      if (left > 0) return
      this.#troubles = this.#troubles.filter((each) => each !== trouble)
      this.changed()
    }
    settled.then(end, end)
  }

  #note(connection: string, message: string): Trouble {
    const known = this.#troubles.find((each) => each.connection === connection && each.message === message)
    if (known) known.times++
    else this.#log.error(message, { connection })
    const trouble = known ?? { connection, message, since: this.#now(), times: 1 }
    if (!known) this.#troubles = [...this.#troubles, trouble].slice(-kept)
    this.changed()
    return trouble
  }
}

const stopped = ({ connection, doing, plugin }: Watch): KontorError =>
  new KontorError('ABORTED', { message: `${connection} (${doing}): the plugin ${plugin} was stopped.` })

const stackOf = (thrown: unknown): string =>
  thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)

const inWords = (ms: number): string => (ms >= 60_000 ? `${Math.round(ms / 60_000)} minutes` : `${ms / 1000} seconds`)
