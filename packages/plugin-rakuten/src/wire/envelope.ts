import { z } from 'zod'
import { listIn } from './fields.ts'
import { UnreadableDocument } from './decode.ts'
import { isNode, parseXmlText, type XmlDocument, type XmlValue } from './xml.ts'

/** An error as every action answers it. */
const ErrorWire = z.object({
  type: z.string().nullish(),
  code: z.string().nullish(),
  message: z.string().nullish(),
  details: z.preprocess(
    (value) => (typeof value === 'string' ? { detail: value } : value),
    listIn('detail', z.string().nullable()),
  ),
})

export interface VendorError {
  /** `InvalidUserConnection`, `ParameterError`, … */
  readonly code: string
  /** Message and details, in the vendor's words. May quote what we sent: not for messages as it is. */
  readonly texts: readonly string[]
}

/** The error in a document, whatever the HTTP status was; `undefined` where it is an answer. */
export function errorIn({ root, value }: XmlDocument): VendorError | undefined {
  if (root.toLowerCase() !== 'errorresponse') return undefined
  const error = isNode(value) ? value['error'] : undefined
  const parsed = ErrorWire.safeParse(Array.isArray(error) ? error[0] : error)
  if (!parsed.success) return { code: 'unknown', texts: [] }
  const { code, message, details } = parsed.data
  return {
    code: code ?? 'unknown',
    texts: [message, ...details].filter((one): one is string => typeof one === 'string' && one !== ''),
  }
}

/** The error in a text, where it is such a document at all. */
export function errorInText(text: string): VendorError | undefined {
  try {
    return text.includes('<') ? errorIn(parseXmlText(text)) : undefined
  } catch (thrown) {
    if (thrown instanceof UnreadableDocument) return undefined
    throw thrown
  }
}

/** The root an action answers with, where it is not `<action>result`. */
const roots: Readonly<Record<string, string>> = {
  acceptsale: 'saleacceptanceresult',
  settrackingpackageinfos: 'setshippingpackageinfosresult',
  genericimportfile: 'importresult',
  importitemshippingstatus: 'importresult',
  export: 'inventoryresult',
  confirmpreorder: 'confirmpreorder',
}
export const rootOf = (action: string): string => roots[action] ?? `${action}result`

/** The `response` element; roots are compared with the action asked for, so that a wrong host or a portal page is noticed. */
export function responseIn(action: string, document: XmlDocument): XmlValue | undefined {
  if (document.root.toLowerCase() !== rootOf(action)) return undefined
  return isNode(document.value) ? (document.value['response'] ?? null) : undefined
}
