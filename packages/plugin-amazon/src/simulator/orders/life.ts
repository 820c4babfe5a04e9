import { tellChange } from '../notifications/tell-change.ts'
import { DAY, HOUR, MINUTE, type SimulatedOrder, type WorldScene } from '../world.ts'
import { shipWhole } from './place-order.ts'

/** A change of an order at Amazon: what a caller finds in the next window. */
export function touch(scene: WorldScene, order: SimulatedOrder): void {
  order.updated = scene.clock.now()
  const isWished = order.lines.some(({ cancellationRequest }) => cancellationRequest !== undefined)
  tellChange(scene, order, isWished && order.status !== 'CANCELLED' ? 'BuyerRequestedChange' : 'OrderStatusChange')
}

export function cancelOrder(scene: WorldScene, order: SimulatedOrder, by: 'BUYER' | 'MERCHANT' | 'AMAZON'): void {
  order.status = 'CANCELLED'
  for (const line of order.lines) line.cancelledBy = by
  touch(scene, order)
  scene.truth.add('order-cancelled', order.id, { by })
}

/** What becomes of an order when nobody does anything: by the clock, each step at its own instant. */
export function live(scene: WorldScene, order: SimulatedOrder): void {
  const { clock, random } = scene
  const step = (ms: number, run: () => void): void => void clock.after(ms, run)
  if (order.status === 'PENDING')
    step(30 * MINUTE, () => {
      if (order.status !== 'PENDING') return
      order.status = 'UNSHIPPED'
      touch(scene, order)
      live(scene, order)
    })
  else if (order.fulfilledBy === 'AMAZON' && order.status === 'UNSHIPPED')
    step(6 * HOUR, () => {
      if (order.status !== 'UNSHIPPED') return
      shipWhole(scene, order, clock.now())
      touch(scene, order)
    })
  else if (order.status === 'UNSHIPPED' && random.chance(0.05))
    step(20 * MINUTE, () => {
      const line = order.lines.find(({ shipped }) => shipped === 0)
      if (line === undefined || order.status !== 'UNSHIPPED') return
      line.cancellationRequest = 'Ordered by mistake'
      touch(scene, order)
    })
  step(2 * DAY, () => arrive(scene, order))
}

/** Every parcel that is under way arrives. */
export function arrive(scene: WorldScene, order: SimulatedOrder): void {
  const underWay = order.packages.filter(({ status }) => status !== 'DELIVERED')
  for (const parcel of underWay) parcel.status = 'DELIVERED'
  if (underWay.length > 0) touch(scene, order)
}
