import { compareVersions, type Log } from '@kontor/core'
import type { WirePage } from '../wire.ts'
import { Seen } from './seen.ts'

/** How often a list is gone through at most, while it moves under us. */
const readingsAtMost = 5

export interface MovingList {
  /** One list for each, read one after the other: an order that leaves one of them enters another. */
  passes: readonly ((page: number) => Promise<WirePage | undefined>)[]
  /** Name of the id, and of the time of the last change, in a member of the list. */
  fields: { id: string; modified: string }
  /** Where the mark stands. */
  newest: string
  /** True where `count` of a page tells how many there are in all pages. */
  counts: boolean
  log: Log
  what: string
}

export interface Fresh {
  id: string
  modified: string
  raw: unknown
}

/**
 * Goes through lists that have no sort order and change while they are read, and yields what it has not yielded yet. A member that is
 * changed meanwhile may push another one from a page not yet read to one that is: so a list is read again until as many different
 * members have come as are counted over all passes (one that changes pass counts twice, and asks for another reading), or until
 * another reading brings nothing new. What fits on one page is whole by itself.
 *
 * @returns the newest change seen, or `undefined` where the list never came to rest: the old mark stays, and the window is read again.
 */
export async function* readMovingList(list: MovingList): AsyncGenerator<readonly Fresh[], string | undefined> {
  const seen = new Seen()
  let { newest } = list
  for (let reading = 1; reading <= readingsAtMost; reading++) {
    const known = seen.size
    let counted = 0
    let pages = 0
    for (const read of list.passes) {
      let countOfPass = 0
      for (let page = 1; ; page++) {
        const answer = await read(page)
        if (answer === undefined) break
        pages++
        countOfPass = answer.count ?? Number.POSITIVE_INFINITY
        const fresh = answer.results
          .map((raw, index) => envelopeOf(raw, index, list.fields))
          .filter((each) => seen.add(each.id, each.modified))
        for (const { modified } of fresh) if ((compareVersions(modified, newest) ?? 0) > 0) newest = modified
        if (fresh.length > 0) yield fresh
        if (!answer.next || answer.results.length === 0) break
      }
      counted += countOfPass
    }
    const onePageEach = pages <= list.passes.length
    const whole = list.counts ? seen.size >= counted : onePageEach
    if (whole || (reading > 1 && seen.size === known)) return newest
  }
  list.log.warn(`The list of ${list.what} kept moving while it was read; its window is read again next time.`, {
    readings: readingsAtMost,
    found: seen.size,
  })
  return undefined
}

/** What can be told of any member, readable or not: enough to know it again. */
function envelopeOf(raw: unknown, index: number, fields: MovingList['fields']): Fresh {
  const id = fieldOf(raw, fields.id)
  const modified = fieldOf(raw, fields.modified)
  return {
    id:
      typeof id === 'number' || (typeof id === 'string' && id !== '')
        ? String(id)
        : `unreadable ${index} ${JSON.stringify(raw)}`,
    modified: typeof modified === 'string' ? modified : '',
    raw,
  }
}

const fieldOf = (raw: unknown, name: string): unknown =>
  typeof raw === 'object' && raw !== null ? Reflect.get(raw, name) : undefined
