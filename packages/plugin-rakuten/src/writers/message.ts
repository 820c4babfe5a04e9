import { KontorError, type Json } from '@kontor/core'
import type { RakutenClient } from '../client/index.ts'
import { toComment } from './comment.ts'

/** Writes to the buyer of an article: a command for people, never sent on its own. */
export const createMessageAction =
  (client: RakutenClient) =>
  async ({
    arguments: given,
    signal,
  }: {
    arguments: Readonly<Record<string, string>>
    signal: AbortSignal
  }): Promise<Json> => {
    const item = given['item']
    const text = given['text']
    if (item === undefined || text === undefined || text.trim() === '')
      throw new KontorError('CONFIG_INVALID', {
        message: 'Give `item` (the number of the article) and `text`, in French, at most 400 characters.',
      })
    return { item, answer: (await client.message(item, toComment(text), signal)) ?? null }
  }
