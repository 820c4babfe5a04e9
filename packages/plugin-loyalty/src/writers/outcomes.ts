import type { Delivery, Json, KontorError, Outcome } from '@kontor/core'

type Of = Pick<Delivery, 'key'>

/** What the programme booked, for the ledger: points without a sign, what could not be taken, and whose they are. */
export interface Booked {
  points: string
  member: string
  balance?: string | undefined
  shortfall?: string | undefined
  /** True where the booking was recognised by its amount and time alone. */
  assumed?: boolean
  /** What a person should know. */
  note?: string
}

const detailOf = (booked: Booked): Json =>
  Object.fromEntries(Object.entries(booked).filter(([, value]) => value !== undefined))
export const done = ({ key }: Of, reference: string | undefined, booked: Booked): Outcome => ({
  key,
  is: 'done',
  ...(reference === undefined ? {} : { reference }),
  detail: detailOf(booked),
})
export const already = ({ key }: Of, reference: string, booked: Booked): Outcome => ({
  key,
  is: 'already',
  reference,
  detail: detailOf(booked),
})
export const refused = ({ key }: Of, error: KontorError): Outcome => ({ key, is: 'refused', error })
export const absent = ({ key }: Of): Outcome => ({ key, is: 'absent' })
