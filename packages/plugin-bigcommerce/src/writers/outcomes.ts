import type { Delivery, Json, KontorError, Outcome } from '@kontor/core'

type Of = Pick<Delivery, 'key'>

export const done = ({ key }: Of, reference?: string, detail?: Json): Outcome => ({
  key,
  is: 'done',
  ...(reference === undefined ? {} : { reference }),
  ...(detail === undefined ? {} : { detail }),
})
export const already = ({ key }: Of, reference?: string, detail?: Json): Outcome => ({
  key,
  is: 'already',
  ...(reference === undefined ? {} : { reference }),
  ...(detail === undefined ? {} : { detail }),
})
export const refused = ({ key }: Of, error: KontorError): Outcome => ({ key, is: 'refused', error })
export const waiting = ({ key }: Of, error: KontorError): Outcome => ({ key, is: 'waiting', error })
export const absent = ({ key }: Of): Outcome => ({ key, is: 'absent' })
