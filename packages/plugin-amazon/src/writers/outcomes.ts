import type { Delivery, Instant, KontorError, Outcome } from '@kontor/core'

type Of = Pick<Delivery, 'key'>

export const done = ({ key }: Of, reference?: string): Outcome => ({
  key,
  is: 'done',
  ...(reference === undefined ? {} : { reference }),
})
export const already = ({ key }: Of, reference?: string): Outcome => ({
  key,
  is: 'already',
  ...(reference === undefined ? {} : { reference }),
})
export const sent = ({ key }: Of, ticket: string, askAt: Instant, item?: string): Outcome => ({
  key,
  is: 'sent',
  ticket,
  askAt,
  ...(item === undefined ? {} : { item }),
})
export const refused = ({ key }: Of, error: KontorError): Outcome => ({ key, is: 'refused', error })
export const waiting = ({ key }: Of, error: KontorError, until?: Instant): Outcome => ({
  key,
  is: 'waiting',
  error,
  ...(until === undefined ? {} : { until }),
})
export const absent = ({ key }: Of): Outcome => ({ key, is: 'absent' })
