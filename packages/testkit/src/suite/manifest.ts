import type { Credentials, LimitSpec, Plugin, ReaderSpec, Schema, WriterSpec } from '@kontor/core'

/**
 * The manifest of a plugin whose type parameters are forgotten, as the host reads it. `definePlugin` has checked it when it was written;
 * a plugin in plain JavaScript has not been, so the cases of the chapter `manifest` trust none of it.
 */
export interface Manifest {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly apiVersion: number
  readonly upstream?: { version: string; documents: readonly string[] }
  readonly config: Schema
  readonly credentials?: Credentials
  readonly hosts?: (config: unknown) => { api: readonly string[]; files?: readonly string[] }
  readonly limits?: Readonly<Record<string, LimitSpec>>
  readonly readers: Readonly<Record<string, ReaderSpec>>
  readonly writers: Readonly<Record<string, WriterSpec>>
}

export const manifestOf = (plugin: Plugin): Manifest => plugin as Manifest

export function readerSpec(plugin: Plugin, name: string): ReaderSpec {
  const spec = manifestOf(plugin).readers[name]
  if (spec === undefined) throw new RangeError(`the plugin ${plugin.id} has no reader "${name}"`)
  return spec
}

export function writerSpec(plugin: Plugin, name: string): WriterSpec {
  const spec = manifestOf(plugin).writers[name]
  if (spec === undefined) throw new RangeError(`the plugin ${plugin.id} has no writer "${name}"`)
  return spec
}
