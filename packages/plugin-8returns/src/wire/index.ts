export {
  errorWords,
  isErrorBody,
  parseItemResults,
  WireLabelAnswer,
  WireOrders,
  type ItemResult,
  type WireLabel,
} from './answers.ts'
export { wireEvidence } from './evidence.ts'
export { redactAnswer } from './redact-answer.ts'
export {
  bookingBody,
  listQuery,
  newLabelBody,
  newReturnBody,
  orderQuery,
  type BookedItem,
  type Booking,
  type NewReturn,
} from './requests.ts'
export { WirePage, WireReturn, WireRow, WireSingle, type WireItem } from './return.ts'
export { compareShape, describeDifferences, type ShapeDifferences } from './shape.ts'
