import { z } from 'zod'

/** Any JSON value; what extensions and details are made of. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
export const JsonSchema: z.ZodType<Json> = z.json() as z.ZodType<Json>

/** An identifier of a system we talk to. Always a string, whatever the vendor sends: numbers lose zeros and digits. */
export const Id = z.string().min(1).max(300)

/** A point in time: RFC 3339 with an offset, e.g. `2026-05-03T09:36:00Z`. */
export const Instant = z.iso.datetime({ offset: true }).brand<'Instant'>()
export type Instant = z.infer<typeof Instant>

/** A calendar day without a zone, e.g. `2026-05-03`: what a vendor means when it names a day only. */
export const PlainDate = z.iso.date().brand<'PlainDate'>()
export type PlainDate = z.infer<typeof PlainDate>

/** A time as told: an instant, or only a day. */
export const InstantOrDate = z.union([Instant, PlainDate])
export type InstantOrDate = z.infer<typeof InstantOrDate>

/** Milliseconds since 1970 as an instant in UTC. */
export const toInstant = (ms: number): Instant => new Date(ms).toISOString() as Instant

/** An instant as milliseconds since 1970. */
export const toMs = (instant: Instant | PlainDate): number => Date.parse(instant)

/** A decimal number as text, in plain notation: `12.34`, `-0.5`, `1000`. Never a float. */
export const Decimal = z.string().regex(/^-?\d{1,20}(\.\d{1,10})?$/, 'a decimal number as text, e.g. "12.34"')

/** A whole number of pieces. */
export const Quantity = z.int().min(0)

/**
 * A field of a statement: *absent* says nothing about it, `null` says that it is empty.
 * Merging two statements keeps what the newer one does not mention.
 */
export const told = <S extends z.ZodType>(schema: S): z.ZodOptional<z.ZodNullable<S>> => schema.nullable().optional()

/** What kind of personal data a field holds; read by redaction, retention and erasure. */
export type PiiKind = 'name' | 'email' | 'phone' | 'address' | 'taxId' | 'freeText' | 'image' | 'device'
export const pii = <S extends z.ZodType>(schema: S, kind: PiiKind): S => schema.meta({ pii: kind }) as S

/** A status of ours beside the vendor's own word for it. `unknown` is a value: a word nobody told us about stops nothing. */
export const coded = <const V extends readonly [string, ...string[]]>(values: V) =>
  z.object({ value: z.enum([...values, 'unknown'] as [...V, 'unknown']), source: z.string().max(200).optional() })
export type Coded<V extends string> = { value: V | 'unknown'; source?: string | undefined }

/** Vendor facts that have no canonical place: `{"<plugin>.<field>": value}`. Never personal data; never compared. */
export const Extensions = z.record(z.string().regex(/^[a-z0-9-]+\.[A-Za-z0-9_.-]+$/), JsonSchema)
