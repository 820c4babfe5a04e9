import type { Entity, Order, RecordOf, Ref, Return } from '@kontor/core'
import type { System } from './system.ts'

type Awaitable<T> = T | Promise<T>

/** A buyer whose data must not leak; each value is unmistakable. Use as many of them as the system knows. */
export interface BuyerCanary {
  firstName: string
  lastName: string
  email: string
  phone: string
  street: string
}

/**
 * What a person or the vendor may do to things in the system, told by the author of a plugin. The kit calls these to bring about
 * the situations that the plugin must survive; each acts on the simulator's world and answers what the kit cannot know by itself.
 */
export interface ReaderScenario<S extends System> {
  /** Makes `count` new things that this reader must tell, all at the system's present instant. Answers how the reader will name them. */
  create(system: S, count: number): Awaitable<readonly Ref[]>
  /** Changes what the system says about a thing, so that it must be told again. */
  change?(system: S, ref: Ref): Awaitable<void>
  /** Makes what the system says about a thing impossible to understand (a missing field, a wrong type); its id stays readable. */
  malform?(system: S, ref: Ref): Awaitable<void>
  /** Gives a thing a status that nobody told us about. */
  unknownStatus?(system: S, ref: Ref): Awaitable<void>
  /** Removes a thing, so that asking for it by id finds nothing. */
  remove?(system: S, ref: Ref): Awaitable<void>
  /** From now on the system lists in another order, or some things twice, as far as the vendor may do so. */
  disorder?(system: S): Awaitable<void>
  /** Gives a new thing this buyer. */
  plant?(system: S, buyer: BuyerCanary): Awaitable<Ref>
}

/** A record that shall be delivered. */
export interface Wish<E extends Entity = Entity> {
  record: RecordOf<E>
  /** The order or return it is about, by its id in the system: the kit reads it with the plugin's own reader, as the runner would have. */
  about?: Ref
  /** Instead of `about`: the order itself. */
  order?: Order
  return?: Return
  /** What this destination is said to have confirmed before. */
  known?: { reference?: string; record?: RecordOf<E> }
}

/** What the kit must know about one entity of one writer. */
export interface WriterScenario<S extends System, E extends Entity = Entity> {
  /**
   * `count` wishes that the system will grant, each in a lane of its own. What they are about is put into the system here. Choose wishes that
   * the system could grant twice by mistake (one piece of two), where there are any: else a doubled one does not show.
   */
  good(system: S, count: number): Awaitable<readonly Wish<E>[]>
  /** How often this record took effect, by the system's truth. Setting a value to what it was already is no effect. */
  effects(system: S, record: RecordOf<E>): number
  /** Whether the system holds now what the record says. */
  holds(system: S, record: RecordOf<E>): boolean
  /** A newer revision of a record that was delivered, which the system can take. */
  correct?(system: S, wish: Wish<E>): Awaitable<Wish<E>>
  /** The revision that takes a delivered record back. */
  cancel?(system: S, wish: Wish<E>): Awaitable<Wish<E>>
  /** Several wishes about one order, return or SKU, in the order in which they must be granted. */
  siblings?(system: S): Awaitable<readonly Wish<E>[]>
  /** A wish that the system refuses for good. */
  refused?(system: S): Awaitable<Wish<E>>
  /** A wish of which the system takes only some lines; `applied` names those, as the outcome must. */
  partial?(system: S): Awaitable<{ wish: Wish<E>; applied: readonly string[] }>
  /** A wish that comes too early, and how it becomes possible. */
  notYet?(system: S): Awaitable<{ wish: Wish<E>; ready: () => Awaitable<void> }>
  /** A wish that carries this buyer's data. */
  plant?(system: S, buyer: BuyerCanary): Awaitable<Wish<E>>
}

/** Credentials other than the good ones; each answers what `connection` would answer. */
export interface AccessScenario<S extends System> {
  wrong?(system: S): Awaitable<Connection>
  /** Right, but without the permission for something the plugin does. */
  forbidden?(system: S): Awaitable<Connection>
  otherAccount?(system: S): Awaitable<Connection>
}

/** What a merchant would write for this plugin, pointed at the system under test. */
export interface Connection {
  config: unknown
  credentials?: unknown
}

export interface Scenarios<S extends System> {
  access?: AccessScenario<S>
  readers?: Readonly<Record<string, ReaderScenario<S>>>
  /** By writer and entity: `writers: { orders: { decisions: …, shipments: … } }`. */
  writers?: Readonly<Record<string, { readonly [E in Entity]?: WriterScenario<S, E> }>>
}
