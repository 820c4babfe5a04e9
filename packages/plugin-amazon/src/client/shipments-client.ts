import type { Delivery } from '@kontor/core'
import type { ShipmentConfirmation, ShipmentStatus } from '../wire/index.ts'
import type { Requests } from './requests.ts'

/** What is left of Orders v0: it has no successor for these. Both answer 204, and say nothing of what became of it. */
export class ShipmentsClient {
  readonly #requests: Requests

  constructor(requests: Requests) {
    this.#requests = requests
  }

  /** Confirms a package. The same `packageReferenceId` again changes that package, so a repetition has no second effect. */
  async confirm(
    orderId: string,
    json: ShipmentConfirmation,
    delivery: Pick<Delivery, 'key'>,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#requests.send({
      operation: 'confirmShipment',
      method: 'POST',
      path: `/orders/v0/orders/${encodeURIComponent(orderId)}/shipmentConfirmation`,
      json,
      as: 'none',
      effect: 'repeatable',
      for: [delivery],
      doing: 'confirm a shipment',
      signal,
    })
  }

  async setStatus(
    orderId: string,
    json: ShipmentStatus,
    delivery: Pick<Delivery, 'key'>,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#requests.send({
      operation: 'updateShipmentStatus',
      method: 'POST',
      path: `/orders/v0/orders/${encodeURIComponent(orderId)}/shipment`,
      json,
      as: 'none',
      effect: 'repeatable',
      for: [delivery],
      doing: 'tell where an order to be fetched stands',
      signal,
    })
  }
}
