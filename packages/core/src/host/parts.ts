import { Instant as InstantSchema, toInstant, type Instant } from '../canonical/index.ts'
import type {
  CheckResult,
  Clock as ClockService,
  Intake,
  Outcome,
  Parts,
  Plugin,
  ReadRequest,
} from '../contract/index.ts'
import { isKontorError, KontorError, toKontorError } from '../errors/index.ts'
import type { Redactor } from '../http/index.ts'
import { expiringProblems } from './expiry.ts'
import type { Action, ConnectedReader, ConnectedWriter, Connection, Since } from './connection.ts'

/** What the parts of a connection have in common. */
interface Shared {
  config: unknown
  clock: ClockService
}

/** What is only asked to finish, never to stop. */
const never = new AbortController().signal

/** Looks whether `create` gave what the manifest promises; a part that is missing would else be found at night. */
export function checkParts(plugin: Plugin, parts: Parts): void {
  const problems = [
    ...Object.keys(plugin.readers)
      .filter((name) => typeof parts.readers?.[name]?.read !== 'function')
      .map((name) => `no reader "${name}"`),
    ...Object.entries(plugin.writers as Record<string, { again: string }>).flatMap(([name, { again }]) => {
      const writer = parts.writers?.[name]
      if (typeof writer?.write !== 'function') return [`no writer "${name}"`]
      return again === 'ask' && typeof writer.readBack !== 'function'
        ? [`writer "${name}" says \`again: 'ask'\` and has no \`readBack\``]
        : []
    }),
    ...(typeof parts.check === 'function' ? [] : ['no `check`']),
    ...Object.keys(plugin.actions ?? {})
      .filter((name) => typeof parts.actions?.[name] !== 'function')
      .map((name) => `no action "${name}"`),
  ]
  if (problems.length > 0)
    throw new KontorError('PLUGIN_INCOMPATIBLE', {
      message: `The plugin ${plugin.id} does not give what its manifest promises: ${problems.join('; ')}. Report this to its author.`,
    })
}

/** The parts of a plugin as a caller uses them: signals and beginnings may be left out, and whatever is thrown is masked. */
export function connectionOf(
  plugin: Plugin,
  parts: Parts,
  { config, clock }: Shared,
  redactor: Redactor,
  dispose: () => Promise<void>,
): Connection<Plugin> {
  const masked = (error: unknown, doing: string): KontorError =>
    redactor.error(toKontorError(error, `${plugin.id}: ${doing}`))
  async function* stream<T>(
    doing: string,
    start: () => AsyncIterable<T>,
    shown: (value: T) => T,
  ): AsyncGenerator<T, void, undefined> {
    try {
      for await (const value of start()) yield shown(value)
    } catch (error) {
      throw masked(error, doing)
    }
  }
  const call = async <T>(doing: string, start: () => Promise<T>): Promise<T> => {
    try {
      return await start()
    } catch (error) {
      throw masked(error, doing)
    }
  }

  /** What could not be read or written comes with an error that is stored and shown. */
  const intake = <I extends Intake>(one: I): I =>
    one.rejected
      ? { ...one, rejected: one.rejected.map((each) => ({ ...each, error: redactor.error(each.error) })) }
      : one
  const outcome = (one: Outcome): Outcome => ('error' in one ? { ...one, error: redactor.error(one.error) } : one)

  const reader = (self: Parts['readers'][string], name: string): ConnectedReader => ({
    read: ({ since, until, checkpoint, signal = never } = {}) => {
      const request: ReadRequest<unknown> = {
        since: instantOf(since ?? toInstant(0), 'since'),
        signal,
        ...(until === undefined ? {} : { until: instantOf(until, 'until') }),
        ...(checkpoint === undefined ? {} : { checkpoint }),
      }
      return stream(`read ${name}`, () => self.read(request), intake)
    },
    ...(self.fetch
      ? {
          fetch: (refs, signal = never) =>
            stream(`fetch ${name}`, () => self.fetch?.(refs, signal) ?? nothing(), intake),
        }
      : {}),
  })
  const writer = (self: Parts['writers'][string], name: string): ConnectedWriter => ({
    write: (batch, signal = never) => stream(`write ${name}`, () => self.write(batch, signal), outcome),
    ...(self.readBack
      ? {
          readBack: (batch, signal = never) =>
            stream(`read back ${name}`, () => self.readBack?.(batch, signal) ?? nothing(), outcome),
        }
      : {}),
    ...(self.holds
      ? {
          holds: ({ markets = [], signal = never, entities }) =>
            stream(
              `look at what ${name} holds`,
              () => self.holds?.({ entities, markets, signal }) ?? nothing(),
              (page) => page,
            ),
        }
      : {}),
  })
  const action =
    (perform: NonNullable<Parts['actions']>[string], name: string): Action =>
    ({ arguments: given = {}, signal = never, ...context } = {}) =>
      call(name, () => perform({ ...context, arguments: given, signal }))

  const { webhooks, hints } = parts
  return {
    plugin,
    redactor,
    readers: mapValues(parts.readers, reader),
    writers: mapValues(parts.writers, writer),
    actions: mapValues(parts.actions ?? {}, action),
    ...(webhooks
      ? {
          webhooks: {
            receive: (request, signal) => call('receive a webhook', () => webhooks.receive(request, signal)),
          },
        }
      : {}),
    ...(hints
      ? {
          hints: {
            listen: (signal) =>
              stream(
                'listen for hints',
                () => hints.listen(signal),
                (looks) => looks,
              ),
          },
        }
      : {}),
    ...(parts.open
      ? {
          open: (file, signal = never) =>
            call(`open the file ${file.name}`, async () => await parts.open?.(file, signal)),
        }
      : {}),
    ...(parts.loyalty ? { loyalty: parts.loyalty } : {}),
    check: (signal = never) => check(plugin, parts, { config, clock }, masked, signal),
    ...(parts.ensure
      ? {
          ensure: ({ webhookUrl, signal = never } = {}) =>
            call(
              'ensure',
              async () => (await parts.ensure?.({ signal, ...(webhookUrl === undefined ? {} : { webhookUrl }) })) ?? [],
            ),
        }
      : {}),
    [Symbol.asyncDispose]: dispose,
  }
}

async function check(
  plugin: Plugin,
  parts: Parts,
  { config, clock }: Shared,
  masked: (error: unknown, doing: string) => KontorError,
  signal: AbortSignal,
): Promise<CheckResult> {
  const linted = plugin.lint?.(config) ?? []
  const ending = expiringProblems(plugin, config, clock.now())
  try {
    const found = await parts.check(signal)
    return { ...found, problems: [...linted, ...found.problems, ...ending] }
  } catch (thrown) {
    const error = masked(thrown, 'check')
    if (error.code === 'ABORTED' || error.code === 'INTERNAL' || !isKontorError(thrown)) throw error
    return {
      problems: [
        ...linted,
        {
          level: 'error',
          message: error.message,
          code: error.code,
          ...(error.key === undefined ? {} : { key: error.key }),
        },
        ...ending,
      ],
    }
  }
}

function instantOf(since: Since, name: string): Instant {
  const text = since instanceof Date ? (Number.isNaN(since.getTime()) ? '' : since.toISOString()) : since
  const parsed = InstantSchema.safeParse(text)
  if (!parsed.success)
    throw new KontorError('CONFIG_INVALID', {
      message: `\`${name}\` is no instant. Write it with its offset, as 2026-05-03T09:36:00Z, or pass a Date.`,
      path: name,
    })
  return parsed.data
}

async function* nothing(): AsyncGenerator<never> {}

const mapValues = <T, U>(values: Readonly<Record<string, T>>, map: (value: T, name: string) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value, name)]))
