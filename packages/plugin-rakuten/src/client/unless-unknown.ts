import { isKontorError } from '@kontor/core'

/** `undefined` where Rakuten says that it does not know the sale, or will not tell about it yet. */
export async function unlessUnknown<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (thrown) {
    if (isKontorError(thrown) && (thrown.code === 'NOT_FOUND' || thrown.code === 'REQUEST_REJECTED')) return undefined
    throw thrown
  }
}
