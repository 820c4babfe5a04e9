import type { Scene } from '@kontor/testkit/simulator'
import { z } from 'zod'
import type { Options } from './options.ts'
import { registerReturn, type SimulatedReturn, type World } from './world.ts'

type Stage = Scene<World, Options>

const About = z.strictObject({ id: z.coerce.number().int() })
const Registered = z
  .strictObject({
    orderNumber: z.string().optional(),
    items: z.array(z.strictObject({ sku: z.string(), quantity: z.int().min(1) })).optional(),
  })
  .optional()

function change({ world, clock }: Stage, input: unknown, how: (one: SimulatedReturn, now: number) => void): number {
  const { id } = About.parse(input)
  const one = world.returns.get(id)
  if (one === undefined) throw new RangeError(`there is no return ${id}`)
  how(one, clock.now())
  one.updated = clock.now()
  return id
}

/** What customers and staff do in the portal. */
export const acts: Readonly<Record<string, (scene: Stage, input: unknown) => unknown>> = {
  'register-return': ({ world, random, clock }, input) => {
    const { orderNumber, items } = Registered.parse(input) ?? {}
    return registerReturn(world, random, clock, {
      ...(orderNumber === undefined ? {} : { orderNumber }),
      ...(items === undefined ? {} : { items }),
    }).id
  },
  touch: (scene, input) => change(scene, input, () => undefined),
  arrive: (scene, input) =>
    change(scene, input, (one, now) => {
      for (const item of one.items) item.arrived ??= now
    }),
  inspect: (scene, input) =>
    change(scene, input, (one, now) => {
      for (const item of one.items) {
        item.arrived ??= now
        item.inspected ??= now
      }
    }),
  refund: (scene, input) =>
    change(scene, input, (one, now) => {
      for (const item of one.items) item.refunded ??= now
      one.status = 'closed'
    }),
  cancel: (scene, input) =>
    change(scene, input, (one, now) => {
      for (const item of one.items) item.cancelled ??= now
    }),
  lock: (scene, input) => change(scene, input, (one) => void (one.busy = true)),
  unlock: (scene, input) => change(scene, input, (one) => void (one.busy = false)),
  hold: (scene, input) =>
    change(scene, input, (one, now) => {
      one.hold = true
      for (const item of one.items) item.held ??= now
    }),
}
