import { isKontorError, type Delivery, type Outcome } from '@kontor/core'
import { musterladen } from '../musterladen/plugin.ts'
import { broken, calls, outcomes, shipping, type Broken } from './variant.ts'

const { writers } = musterladen

export const brokenWriters: readonly Broken[] = [
  broken('resends a call that must be sent once', 'writing/lost-after:shipments.shipments', {
    http: calls((call) => (call.effect === 'once' ? { ...call, effect: 'repeatable' } : call)),
  }),
  broken('claims that a refund may be sent again', 'writing/lost-after:refunds.refunds', {
    manifest: { writers: { ...writers, refunds: { ...writers.refunds, again: 'safe' as never } } },
  }),
  broken('trusts a dropped answer', 'writing/lost-before:shipments.shipments', {
    parts: shipping((right) => ({
      async *write(batch, signal) {
        for (const delivery of batch) {
          try {
            yield* right.write([delivery], signal)
          } catch (error) {
            if (!isKontorError(error) || error.code !== 'UPSTREAM_UNAVAILABLE') throw error
            yield { key: delivery.key, is: 'done' }
          }
        }
      },
    })),
  }),
  broken('takes a lost answer for a refusal', 'writing/server-error:shipments.shipments', {
    parts: shipping((right) => ({
      async *write(batch, signal) {
        for (const delivery of batch) {
          try {
            yield* right.write([delivery], signal)
          } catch (error) {
            if (!isKontorError(error)) throw error
            yield { key: delivery.key, is: 'refused', error }
          }
        }
      },
    })),
  }),
  broken('gives up at the second lost answer', 'writing/lost-often:shipments.shipments', {
    parts(parts, services) {
      let lost = 0
      return shipping((right) => ({
        async *write(batch, signal) {
          for (const delivery of batch) {
            try {
              yield* right.write([delivery], signal)
            } catch (error) {
              lost += 1
              if (!isKontorError(error) || lost < 2) throw error
              yield { key: delivery.key, is: 'refused', error }
            }
          }
        },
      }))(parts, services)
    },
  }),
  broken('believes an absence at once', 'writing/late-effect:shipments.shipments', {
    manifest: { writers: { ...writers, shipments: { ...writers.shipments, settles: '1s' as never } } },
  }),
  broken('is told to slow down and gives up', 'writing/slow-down:shipments.shipments', {
    parts: outcomes((outcome) =>
      outcome.is === 'waiting' && outcome.error.code === 'RATE_LIMITED'
        ? { key: outcome.key, is: 'refused', error: outcome.error }
        : outcome,
    ),
  }),
  broken('reports done before the effect', 'writing/killed:shipments.shipments', {
    parts: shipping((right) => ({
      async *write(batch, signal) {
        for (const delivery of batch) {
          yield { key: delivery.key, is: 'done' }
          for await (const _ of right.write([delivery], signal)) continue
        }
      },
    })),
  }),
  broken('notes begun for nobody', 'writing/killed:shipments.shipments', {
    http: calls((call) => ({ ...call, for: [] })),
  }),
  broken('confirms its own echo', 'writing/own-echo:shipments.shipments', {
    parts: outcomes((outcome) => (outcome.is === 'done' ? { ...outcome, reference: outcome.key } : outcome)),
  }),
  broken('reads back what it was told to write', 'writing/read-back:shipments.shipments', {
    parts: shipping(() => ({
      async *readBack(batch) {
        for (const { key } of batch) yield { key, is: 'done' }
      },
    })),
  }),
  broken('never finds what it wrote', 'writing/lost-after:shipments.shipments', {
    parts: shipping(() => ({
      async *readBack(batch) {
        for (const { key } of batch) yield { key, is: 'absent' }
      },
    })),
  }),
  broken('writes when it is asked', 'writing/read-back:shipments.shipments', {
    parts: shipping((right) => ({ readBack: (batch, signal) => right.write(batch, signal) })),
  }),
  broken('sends in plan mode', 'writing/plan-mode:shipments.shipments', {
    http: calls((call) => ({ ...call, effect: 'none' })),
  }),
  broken('forgets the last of a batch', 'writing/takes-effect:shipments.shipments', {
    parts: shipping((right) => ({
      write: (batch, signal) => right.write(batch.length > 1 ? batch.slice(0, -1) : [], signal),
    })),
  }),
  broken('says the same twice', 'writing/takes-effect:shipments.shipments', {
    parts: shipping((right) => ({
      async *write(batch, signal) {
        for await (const outcome of right.write(batch, signal)) {
          yield outcome
          yield outcome
        }
      },
    })),
  }),
  broken('takes a queued job for a done one', 'writing/takes-effect:prices.prices', {
    parts: (parts) => ({
      ...parts,
      writers: {
        ...parts.writers,
        prices: {
          ...parts.writers.prices,
          async *write(batch, signal) {
            for await (const outcome of parts.writers.prices.write(batch, signal))
              yield outcome.is === 'sent' ? { key: outcome.key, is: 'done' } : outcome
          },
        },
      },
    }),
  }),
  broken('loses its ticket', 'writing/takes-effect:prices.prices', {
    parts: (parts) => ({
      ...parts,
      writers: {
        ...parts.writers,
        prices: {
          ...parts.writers.prices,
          async *readBack(batch) {
            for (const { key } of batch) yield { key, is: 'sent' }
          },
        },
      },
    }),
  }),
  broken('ships a correction a second time', 'writing/corrections:shipments.shipments', {
    parts: shipping((right) => ({
      write: (batch, signal) =>
        right.write(
          batch.map(({ known: _known, ...delivery }) => delivery),
          signal,
        ),
    })),
  }),
  broken('corrects what should be taken back', 'writing/cancellations:shipments.shipments', {
    parts: shipping((right) => ({
      write: (batch, signal) =>
        right.write(
          batch.map((delivery): Delivery<'shipments'> => ({
            ...delivery,
            record: { ...delivery.record, status: { value: 'shipped' } },
          })),
          signal,
        ),
    })),
  }),
  broken('ships only the first of a lane', 'writing/siblings:shipments.shipments', {
    parts: shipping((right) => ({
      async *write(batch, signal) {
        const seen = new Set<string | undefined>()
        for (const delivery of batch) {
          const order = delivery.record.about.id
          if (seen.has(order)) yield { key: delivery.key, is: 'already' }
          else yield* right.write([delivery], signal)
          seen.add(order)
        }
      },
    })),
  }),
  broken('lets one refusal stop the batch', 'writing/refused:shipments.shipments', {
    parts: outcomes((outcome) => {
      if (outcome.is === 'refused') throw outcome.error
      return outcome
    }),
  }),
  broken('takes part of a result for the whole', 'writing/partial:shipments.shipments', {
    parts: outcomes((outcome): Outcome =>
      outcome.is === 'refused' && outcome.applied !== undefined ? { key: outcome.key, is: 'done' } : outcome,
    ),
  }),
  broken('refuses what comes too early', 'writing/not-yet:shipments.shipments', {
    parts: outcomes((outcome): Outcome =>
      outcome.is === 'waiting' ? { key: outcome.key, is: 'refused', error: outcome.error } : outcome,
    ),
  }),
  broken('writes on after an abort', 'transport/abort-writing:shipments.shipments', {
    parts: shipping((right) => ({ write: (batch) => right.write(batch, new AbortController().signal) })),
  }),
  broken('does not ask its own journal', 'writing/second-run:shipments.shipments', {
    parts: shipping(() => ({
      async *readBack(batch) {
        for (const { key } of batch) yield { key, is: 'absent' }
      },
    })),
  }),
]
