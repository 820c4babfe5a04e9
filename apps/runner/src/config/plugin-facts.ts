import type { ActionSpec, Entity, Limits, Plugin, ReaderSpec, Schema, WriterSpec } from '@kontor/core'

// A loaded plugin has forgotten the types of its parts; here they get those of the contract again.
export const readersOf = (plugin: Plugin): Readonly<Record<string, ReaderSpec>> => plugin.readers
export const writersOf = (plugin: Plugin): Readonly<Record<string, WriterSpec>> => plugin.writers
export const actionsOf = (plugin: Plugin): Readonly<Record<string, ActionSpec>> => plugin.actions ?? {}
export const limitsOf = (plugin: Plugin): Limits => plugin.limits ?? {}
export const configSchemaOf = (plugin: Plugin): Schema => plugin.config
export const credentialSchemaOf = (plugin: Plugin): Schema | undefined => plugin.credentials?.schema

/** Entities a plugin can read, or take. */
export const entitiesOf = (plugin: Plugin, does: 'read' | 'take'): readonly Entity[] =>
  does === 'read'
    ? Object.values(readersOf(plugin)).flatMap((spec) => spec.yields)
    : Object.values(writersOf(plugin)).flatMap((spec) => spec.takes)

type SecretsOf = (credentials: unknown, config: unknown) => readonly string[]
/** What else a plugin wants masked; to be called with values its own schemas gave out. */
export const furtherSecretsOf = (plugin: Plugin): SecretsOf | undefined =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parameters were forgotten with the plugin's types
  plugin.credentials?.secrets as SecretsOf | undefined
