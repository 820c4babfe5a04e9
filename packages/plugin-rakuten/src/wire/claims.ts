import { z } from 'zod'
import { flag, id, listIn, many, text } from './fields.ts'

export const ToDoItemWire = z.object({ itemid: id, causes: listIn('cause', z.string()) })
/** What of an entry that cannot be read must be known all the same. */
export const ToDoIdWire = z.object({ itemid: id })
export type ToDoItemWire = z.infer<typeof ToDoItemWire>
export const ToDoListWire = z.object({ items: listIn('item', z.unknown()) })

const mail = z.object({
  mailid: text,
  senddate: text,
  sender: text,
  recipient: text,
  object: text,
  content: text,
  status: text,
})

export const ItemInfosWire = z.object({
  item: z.object({
    itemid: id,
    date: text,
    itemstatus: text,
    itemstate: text,
    claim: z.object({ creationdate: text, type: text, state: text, amicable: flag, claimcomment: text }).nullish(),
    mail: many(mail),
    message: many(mail),
  }),
})
export type ItemInfosWire = z.infer<typeof ItemInfosWire>['item']
