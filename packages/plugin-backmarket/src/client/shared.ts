import { isKontorError, type Delivery } from '@kontor/core'

/** Largest page the API gives; other names of the parameter are ignored without a word. Source: parameter PageSize (OpenAPI 0.1.1). */
export const pageSize = 50

/** For whom a call with an effect is made. */
export type For = readonly Pick<Delivery, 'key'>[]

/** The documented header of every call; the host adds the others. */
export const jsonHeader = { 'content-type': 'application/json' }

/** What is asked for, or `undefined` where 404 is an answer and no mistake. */
export async function orNothing<T>(mayBeMissing: boolean, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (mayBeMissing && isKontorError(error) && error.code === 'NOT_FOUND') return undefined
    throw error
  }
}
