import { Mode, type Begin } from '../contract/index.ts'
import { KontorError } from '../errors/index.ts'
import type { Journal } from '../http/index.ts'
import type { Get } from './container.ts'
import { JournalToken } from './tokens.ts'

/** Notes nothing: a library has no deliveries to remember. */
export const noJournal: Journal = { begin: () => Promise.resolve() }

/** Shows every call with an effect (to `shown`, which may keep it) and refuses it, so that nothing is sent in plan mode, whatever `shown` does. */
export const planJournal = (shown: Journal = noJournal): Journal => ({
  async begin(keys, call) {
    await shown.begin(keys, call)
    const { doing, method, url } = call
    const whose = keys.length > 0 ? ` for ${keys.length} ${keys.length === 1 ? 'delivery' : 'deliveries'}` : ''
    throw new KontorError('PLAN_MODE', {
      message: `${doing}: ${url === '' ? '' : `${method} ${url} `}would be done${whose}; planned only, nothing was sent.`,
    })
  },
})

/** The journal of a scope; in plan mode one that sends nothing. */
export const journalIn = (get: Get): Journal =>
  get(Mode) === 'plan' ? planJournal(get(JournalToken)) : get(JournalToken)

/** The `begin` of a plugin that does not speak HTTP. */
export const beginWith =
  (journal: Journal): Begin =>
  (deliveries, doing) =>
    journal.begin(
      deliveries.map(({ key }) => key),
      { doing, method: 'LOCAL', url: '', effect: 'once' },
    )
