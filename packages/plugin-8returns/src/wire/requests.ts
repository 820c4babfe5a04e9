/** Query of the list of returns. `newestFirst` asks for the order that one caller uses. */
export const listQuery = (asked: {
  page: number
  pageSize: number
  search?: string
  newestFirst?: boolean
}): Readonly<Record<string, string | number | undefined>> => ({
  s: asked.search,
  page: asked.page,
  per_page: asked.pageSize,
  ...(asked.newestFirst === true ? { sort: 'updated_at', direction: 'desc' } : {}),
})

/** What items are booked as (observed-2). */
export type Booking = 'arrived' | 'inspected' | 'missing'

/** Items are addressed by SKU and quantity; there is no item id in this call. */
export interface BookedItem {
  sku: string
  quantity: number
  as: Booking
  condition?: string
  note?: string
}

/** Body of the booking of items. */
export const bookingBody = (items: readonly BookedItem[]): unknown => ({
  customer_return: {
    items: items.map(({ sku, quantity, as, condition, note }) => ({
      sku,
      quantity,
      status: as,
      ...(condition === undefined ? {} : { condition }),
      ...(note === undefined ? {} : { notes: note }),
    })),
  },
})

export interface NewReturn {
  orderNumber: string
  reference?: string | undefined
  email?: string | undefined
  items: readonly {
    sku: string
    quantity: number
    wants?: string | undefined
    reason?: string | undefined
    note?: string | undefined
  }[]
}

/** Body of the creation of a return: assumed, after the style of the rest. */
export const newReturnBody = ({ orderNumber, reference, email, items }: NewReturn): unknown => ({
  customer_return: {
    order_number: orderNumber,
    ...(reference === undefined ? {} : { external_reference: reference }),
    ...(email === undefined ? {} : { customer: { email } }),
    items: items.map(({ sku, quantity, wants, reason, note }) => ({
      sku,
      quantity,
      ...(wants === undefined ? {} : { return_type: wants }),
      ...(reason === undefined ? {} : { return_reason_text: reason }),
      ...(note === undefined ? {} : { notes: note }),
    })),
  },
})

/** Body of the creation of a label: assumed. */
export const newLabelBody = ({
  carrier,
  format,
}: {
  carrier?: string | undefined
  format?: string | undefined
}): unknown => ({
  label: { ...(carrier === undefined ? {} : { carrier }), ...(format === undefined ? {} : { format }) },
})

/** Query of the list of orders: assumed. */
export const orderQuery = (search: string, pageSize: number): Readonly<Record<string, string | number>> => ({
  s: search,
  page: 1,
  per_page: pageSize,
})
