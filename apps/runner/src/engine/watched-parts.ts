import type { Parts } from '@kontor/core'
import type { Supervisor, Who } from './supervisor.ts'

/** The parts of a connection as the engine uses them, each call of them watched. */
export function watchedParts(supervisor: Supervisor, who: Who, parts: Parts): Parts {
  const { webhooks, hints } = parts
  return {
    ...parts,
    check: (signal) => supervisor.once(who, 'check', signal, (own) => parts.check(own)),
    readers: mapValues(parts.readers, (reader, name) => ({
      read: (request) =>
        supervisor.stream(who, `read ${name}`, request.signal, (signal) => reader.read({ ...request, signal })),
      ...(reader.fetch
        ? {
            fetch: (refs, signal) =>
              supervisor.stream(who, `fetch ${name}`, signal, (own) => reader.fetch?.(refs, own) ?? nothing()),
          }
        : {}),
    })),
    writers: mapValues(parts.writers, (writer, name) => ({
      write: (batch, signal) => supervisor.stream(who, `write ${name}`, signal, (own) => writer.write(batch, own)),
      ...(writer.readBack
        ? {
            readBack: (batch, signal) =>
              supervisor.stream(who, `read back ${name}`, signal, (own) => writer.readBack?.(batch, own) ?? nothing()),
          }
        : {}),
      ...(writer.holds
        ? {
            holds: (request) =>
              supervisor.stream(
                who,
                `look at what ${name} holds`,
                request.signal,
                (signal) => writer.holds?.({ ...request, signal }) ?? nothing(),
              ),
          }
        : {}),
    })),
    ...(parts.ensure
      ? {
          ensure: (context) =>
            supervisor.once(
              who,
              'ensure',
              context.signal,
              async (signal) => (await parts.ensure?.({ ...context, signal })) ?? [],
            ),
        }
      : {}),
    ...(webhooks
      ? {
          webhooks: {
            receive: (request, signal) =>
              supervisor.once(who, 'receive a webhook', signal, (own) => webhooks.receive(request, own)),
          },
        }
      : {}),
    ...(hints
      ? {
          hints: { listen: (signal) => supervisor.stream(who, 'listen for hints', signal, (own) => hints.listen(own)) },
        }
      : {}),
    ...(parts.open
      ? {
          open: (file, signal) =>
            supervisor.once(who, `open the file ${file.name}`, signal, async (own) => await parts.open?.(file, own)),
        }
      : {}),
  }
}

async function* nothing(): AsyncGenerator<never> {}

const mapValues = <T, U>(values: Readonly<Record<string, T>>, map: (value: T, name: string) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value, name)]))
