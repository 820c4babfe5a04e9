import { isKontorError, KontorError, type Delivery, type Outcome } from '@kontor/core'
import type { WireOrder } from '../wire.ts'
import { attempt, sent } from './attempt.ts'
import { lookAgain, nothingChanged, orderNow, refusedAfter, updateAndRead, type Needs } from './one-order.ts'
import { planDecision } from './plan-decision.ts'

export type DecisionDelivery = Delivery<'decisions'>

/** One call after another, each planned from the order as the one before has left it, until nothing is left to do. */
export async function writeDecision(
  needs: Needs,
  order: WireOrder,
  delivery: DecisionDelivery,
  signal: AbortSignal,
): Promise<{ outcome: Outcome; order: WireOrder }> {
  const { client, config, clock } = needs
  const { key, record } = delivery
  if (typeof record.notBefore === 'string' && clock.now() < Date.parse(record.notBefore)) {
    const error = new KontorError('NOT_YET', { message: `The decision is not to be sent before ${record.notBefore}.` })
    return { order, outcome: { key, is: 'waiting', until: record.notBefore, error } }
  }
  const applied: string[] = []
  let now = order
  for (;;) {
    const plan = planDecision(now, record, config)
    if (plan.is === 'already')
      return {
        order: now,
        outcome:
          applied.length === 0
            ? { key, is: 'already' }
            : { key, is: 'done', detail: { lines: applied }, ...lookAgain(now) },
      }
    if (plan.is === 'waiting') return { order: now, outcome: { key, is: 'waiting', error: plan.error } }
    if (plan.is === 'refused') return { order: now, outcome: refusedAfter(key, plan.error, applied) }

    const { body, doing } = plan.step
    const tried = await attempt(() => updateAndRead(client, body, { for: [delivery], doing }, signal))
    if (tried.is === 'doubtful') return { order: now, outcome: sent(key, clock) }
    if (tried.is === 'refused') return await refusedOrMeanwhile(needs, now, delivery, tried.error, applied, signal)
    const moved = linesMoved(now, tried.value)
    now = tried.value
    if (moved.length === 0) return { order: now, outcome: refusedAfter(key, nothingChanged(now, doing), applied) }
    applied.push(...moved)
  }
}

/** Refused, or somebody in the back office was quicker: then it is done. */
async function refusedOrMeanwhile(
  needs: Needs,
  order: WireOrder,
  { key, record }: DecisionDelivery,
  error: KontorError,
  applied: readonly string[],
  signal: AbortSignal,
): Promise<{ outcome: Outcome; order: WireOrder }> {
  const again = error.code === 'PLAN_MODE' ? order : await orderNow(needs, order.order_id, signal)
  const now = isKontorError(again) ? order : again
  if (planDecision(now, record, needs.config).is === 'already')
    return { order: now, outcome: { key, is: 'already', ...lookAgain(now) } }
  return { order: now, outcome: refusedAfter(key, error, applied) }
}

const linesMoved = (before: WireOrder, after: WireOrder): string[] =>
  after.orderlines
    .filter((line) => before.orderlines.some((old) => old.id === line.id && old.state !== line.state))
    .map(({ id }) => id)
