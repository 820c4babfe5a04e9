import type { Answer } from './answer.ts'
import type { SimulatorClock } from './clock.ts'
import type { FaultAction, FaultName } from './fault-schema.ts'
import type { DrawnFault } from './faults.ts'

/** What a fault needs around it. */
export interface Stage {
  readonly clock: SimulatorClock
  /** Aborts when the caller has left or the simulator closes. */
  readonly gone: AbortSignal
  /** A 429 in the vendor's shape. */
  throttled(retryAfterMs: number | undefined): Answer
}

/** Another answer in place of the real one, or an end of the connection. */
export type Interruption = { answer: Answer } | { cut: 'reset' | 'close' }

type Step<Action> = (action: Action, stage: Stage) => Interruption | Promise<Interruption | undefined> | undefined

/** When a fault acts: before what was asked for has its effect, or after it. Kinds without a row act on the bytes (`fault-wire.ts`). */
interface Steps<Action> {
  readonly before?: Step<Action>
  readonly after?: Step<Action>
}

const STEPS: { readonly [Name in FaultName]?: Steps<Extract<FaultAction, { do: Name }>> } = {
  status: either((action) => ({ answer: { status: action.status, headers: action.headers, ...bodyOf(action.body) } })),
  html: either((action) => ({
    answer: {
      status: action.status,
      headers: { 'content-type': 'text/html; charset=utf-8', ...action.headers },
      text:
        action.body ??
        `<!DOCTYPE html><html><head><title>${action.status}</title></head><body><h1>Bad gateway</h1></body></html>`,
    },
  })),
  throttle: { before: (action, stage) => ({ answer: throttle(action, stage) }) },
  delay: either(async (action, stage) => {
    await stage.clock.sleep(action.ms, stage.gone).catch(() => undefined)
    return undefined
  }),
  hang: either(async (_, stage) => {
    await untilGone(stage.gone)
    return { cut: 'close' }
  }),
  reset: { before: () => ({ cut: 'reset' }) },
  dropAnswer: { after: () => ({ cut: 'close' }) },
}

/** Lets the faults act that come before (or after) the effect; the first interruption ends the row. */
export async function runSteps(
  moment: 'before' | 'after',
  drawn: readonly DrawnFault[],
  stage: Stage,
  act: (fault: DrawnFault) => void,
): Promise<Interruption | undefined> {
  for (const fault of drawn) {
    const step = stepOf(fault.action, moment)
    if (step === undefined) continue
    act(fault)
    const interruption = await step(stage)
    if (interruption !== undefined) return interruption
  }
  return undefined
}

/** The answer in place of the real one of a `lateEffect`, given at once, and of a `partial`. */
export function insteadOf(action: Extract<FaultAction, { do: 'lateEffect' | 'partial' }>): Answer {
  return { status: action.status, headers: action.headers, ...bodyOf(action.body) }
}

function stepOf(
  action: FaultAction,
  moment: 'before' | 'after',
): ((stage: Stage) => ReturnType<Step<never>>) | undefined {
  if ('effect' in action && action.effect !== (moment === 'after')) return undefined
  const steps: Steps<never> | undefined = STEPS[action.do]
  const step = steps?.[moment]
  // The row was chosen by the action's own name, so the action is of the row's type.
  return step === undefined ? undefined : (stage) => step(action as never, stage)
}

/** For the kinds with an `effect` switch: it says at which of the two moments this step is taken. */
function either<Action>(step: Step<Action>): Steps<Action> {
  return { before: step, after: step }
}

function bodyOf(body: unknown): Pick<Answer, 'text' | 'json'> {
  if (body === undefined) return {}
  return typeof body === 'string' ? { text: body } : { json: body }
}

function throttle(action: Extract<FaultAction, { do: 'throttle' }>, stage: Stage): Answer {
  const { retryAfterSeconds } = action
  const usual = stage.throttled(retryAfterSeconds === undefined ? undefined : retryAfterSeconds * 1000)
  const kept = Object.entries(usual.headers ?? {}).filter(([name]) => name.toLowerCase() !== 'retry-after')
  const own =
    action.body === undefined ? { json: usual.json, text: usual.text, bytes: usual.bytes } : bodyOf(action.body)
  return {
    status: usual.status ?? 429,
    headers: { ...Object.fromEntries(kept), 'retry-after': retryAfter(action, stage.clock.now()), ...action.headers },
    ...own,
  }
}

function retryAfter(action: Extract<FaultAction, { do: 'throttle' }>, now: number): string | undefined {
  if (action.retryAfterSeconds === undefined) return undefined
  if (action.form === 'seconds') return String(action.retryAfterSeconds)
  return new Date(now + action.retryAfterSeconds * 1000).toUTCString()
}

function untilGone(gone: AbortSignal): Promise<void> {
  if (gone.aborted) return Promise.resolve()
  return new Promise((resolve) => gone.addEventListener('abort', () => resolve(), { once: true }))
}
