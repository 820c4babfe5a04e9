/** Body of confirmShipment (ordersV0.json). `packageReferenceId` is text that holds a positive number: a number is refused since January 2026. */
export interface ShipmentConfirmation {
  marketplaceId: string
  packageDetail: {
    packageReferenceId: string
    carrierCode: string
    carrierName?: string
    shippingMethod?: string
    trackingNumber: string
    shipDate: string
    orderItems: readonly { orderItemId: string; quantity: number }[]
  }
}

/** Body of updateShipmentStatus (ordersV0.json): orders the buyer fetches in the seller's store. */
export interface ShipmentStatus {
  marketplaceId: string
  shipmentStatus: 'ReadyForPickup' | 'PickedUp' | 'RefusedPickup'
}
