import { apiVersion, entities, toMilliseconds, type Schema } from '@kontor/core'
import { promise, whereCredentials, wholePlugin, type CaseTemplate } from '../../suite/case.ts'
import { manifestOf } from '../../suite/manifest.ts'
import { fieldFacts } from './described-fields.ts'

const chapter = 'manifest' as const

const identity: CaseTemplate = {
  chapter,
  id: 'identity',
  promise: 'says what it is: id, title, one sentence, the contract it was written for, the documents it was built from',
  applies: wholePlugin,
  async run({ plugin }) {
    const { id, title, description, apiVersion: stated, upstream, hosts } = manifestOf(plugin)
    promise(/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id), `the id "${id}" is not kebab-case`)
    promise(title.trim().length > 1, 'there is no title')
    promise(description.trim().length > 10, 'there is no description')
    promise(
      stated === apiVersion,
      `it states version ${stated} of the contract; this suite proves version ${apiVersion}`,
    )
    promise(
      hosts === undefined || (upstream !== undefined && upstream.documents.length > 0),
      'it speaks to a system over HTTP and does not say which version (`upstream`) it was built for, and from which documents',
    )
  },
}

const configDescribed: CaseTemplate = {
  chapter,
  id: 'config-described',
  promise: 'every field of the config has a description, and a field it does not know is refused',
  applies: wholePlugin,
  async run({ plugin }) {
    const facts = fieldFacts(manifestOf(plugin).config)
    promise(facts.undescribed.length === 0, `no description: ${facts.undescribed.join(', ')}`)
    promise(
      facts.strict,
      'the config takes fields it does not know (use z.strictObject): a spelling mistake would do nothing, silently',
    )
  },
}

const credentialsDescribed: CaseTemplate = {
  chapter,
  id: 'credentials-described',
  promise: 'every field of the credentials has a description, and a guide says in English and German how to get them',
  applies: whereCredentials,
  async run({ plugin }) {
    const { credentials } = manifestOf(plugin)
    if (credentials === undefined) return
    const facts = fieldFacts(credentials.schema)
    promise(facts.undescribed.length === 0, `no description: ${facts.undescribed.join(', ')}`)
    for (const language of ['en', 'de'] as const)
      promise(credentials.guide[language].trim().length > 10, `the guide in "${language}" is empty`)
    for (const { what, of, remedy, after, warnFrom } of credentials.expires ?? []) {
      const unknown = of.filter((key) => !facts.fields.includes(key))
      promise(unknown.length === 0, `the expiry of ${what} names unknown credentials: ${unknown.join(', ')}`)
      promise(remedy.trim().length > 5, `the expiry of ${what} names no remedy`)
      promise(toMilliseconds(warnFrom) < toMilliseconds(after), `the expiry of ${what} warns too late`)
    }
  },
}

const readersComplete: CaseTemplate = {
  chapter,
  id: 'readers-complete',
  promise: 'every reader says what it yields, what its checkpoint looks like, and which config keys it depends on',
  applies: wholePlugin,
  async run({ plugin }) {
    const { readers, config } = manifestOf(plugin)
    const keys = fieldFacts(config).fields
    for (const [name, spec] of Object.entries(readers)) {
      promise(
        spec.yields.length > 0 && spec.yields.every((entity) => entities.includes(entity)),
        `reader ${name} yields unknown entities: ${spec.yields.join(', ')}`,
      )
      promise(isSchema(spec.checkpoint), `reader ${name} has no checkpoint schema`)
      for (const key of spec.dependsOn ?? [])
        promise(
          keys.includes(key),
          `reader ${name} depends on "${key}", which is no key of the config (${keys.join(', ')})`,
        )
    }
  },
}

const writersComplete: CaseTemplate = {
  chapter,
  id: 'writers-complete',
  promise: 'every writer says what it takes and what a delivery in doubt may do',
  applies: wholePlugin,
  async run(context) {
    const { writers, readers } = manifestOf(context.plugin)
    const system = await context.start()
    const opened = await context.connect(system)
    for (const [name, spec] of Object.entries(writers)) {
      promise(
        spec.takes.length > 0 && spec.takes.every((entity) => entities.includes(entity)),
        `writer ${name} takes unknown entities: ${spec.takes.join(', ')}`,
      )
      promise(
        ['safe', 'ask', 'never'].includes(spec.again),
        `writer ${name} does not say what a delivery in doubt may do (\`again\`: safe, ask or never)`,
      )
      promise(
        spec.again !== 'ask' || opened.writers[name]?.readBack !== undefined,
        `writer ${name} says \`again: 'ask'\` and has no readBack to be asked`,
      )
      for (const reader of spec.after ?? [])
        promise(readers[reader] !== undefined, `writer ${name} waits for the reader "${reader}", which there is not`)
      for (const duration of [spec.settles, spec.givesUp, spec.batch?.linger])
        if (duration !== undefined) promise(toMilliseconds(duration) >= 0, `writer ${name}: ${duration} is no duration`)
    }
  },
}

const limitsSourced: CaseTemplate = {
  chapter,
  id: 'limits-sourced',
  promise: 'every rate limit is possible, and says where the fact is from',
  applies: wholePlugin,
  async run({ plugin }) {
    for (const [name, { burst, per, source }] of Object.entries(manifestOf(plugin).limits ?? {})) {
      promise(burst > 0 && toMilliseconds(per) > 0, `limit ${name}: ${burst} per ${per} lets nothing through`)
      promise(
        typeof source === 'string' && source.trim().length > 5,
        `limit ${name} does not say where the fact is from`,
      )
    }
  },
}

const partsMatch: CaseTemplate = {
  chapter,
  id: 'parts-match',
  promise: 'create() returns the readers and writers that the manifest declares, and no others',
  applies: wholePlugin,
  async run(context) {
    const { readers, writers } = manifestOf(context.plugin)
    const opened = await context.connect(await context.start())
    promise(
      same(readers, opened.readers),
      `declared readers: ${Object.keys(readers).join(', ')}; made: ${Object.keys(opened.readers).join(', ')}`,
    )
    promise(
      same(writers, opened.writers),
      `declared writers: ${Object.keys(writers).join(', ')}; made: ${Object.keys(opened.writers).join(', ')}`,
    )
  },
}

const same = (declared: object, made: object): boolean =>
  Object.keys(declared).toSorted().join() === Object.keys(made).toSorted().join()

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && '~standard' in value

export const manifestCases: readonly CaseTemplate[] = [
  identity,
  configDescribed,
  credentialsDescribed,
  readersComplete,
  writersComplete,
  limitsSourced,
  partsMatch,
]
