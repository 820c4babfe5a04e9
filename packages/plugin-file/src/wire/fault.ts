import { KontorError, type ErrorCode } from '@kontor/core'

/** One thing in a file that cannot be taken, as precisely as a person needs it to correct the file. */
export interface Fault {
  /** Line of the file, from 1; 0 where it is the whole file. */
  readonly line: number
  /** The column as the file calls it, or what else is meant. */
  readonly column: string
  /** The offending cell, or words about what is there. A cell may be a buyer's: for the error file alone. */
  readonly found: string
  /** True where `found` is words. */
  readonly inWords?: boolean
  readonly expected: string
  /** True where `found` must not be repeated in a message. */
  readonly personal?: boolean
  readonly code?: ErrorCode
}

const brand = Symbol('file fault')

/** The whole file cannot be read; nothing of it is taken. */
export class FileFault extends Error {
  readonly fault: Fault
  constructor(fault: Fault) {
    super(fault.expected)
    this.name = 'FileFault'
    this.fault = { ...fault, inWords: true }
    Object.defineProperty(this, brand, { value: true })
  }
}
export const isFileFault = (value: unknown): value is FileFault =>
  typeof value === 'object' && value !== null && brand in value

/** What a fault says to a person, and to the store. */
export function faultError(file: string, fault: Fault): KontorError {
  const where = [fault.line > 0 ? `line ${fault.line}` : '', fault.column && `column "${fault.column}"`].filter(Boolean)
  const found =
    fault.personal === true ? 'a value that does not fit' : fault.inWords === true ? fault.found : shown(fault.found)
  return new KontorError(fault.code ?? 'RECORD_INVALID', {
    message: `${[file, ...where].join(', ')}: found ${found}; expected ${fault.expected}.`,
    path: faultPath(file, fault),
  })
}

/** Where it is: `shipments/2026-05-03.csv:5:carrier`. */
export const faultPath = (file: string, fault: Fault): string =>
  [file, ...(fault.line > 0 ? [fault.line] : []), ...(fault.column ? [fault.column] : [])].join(':')

const shown = (text: string): string => {
  if (text === '') return 'nothing'
  return text.length > 60 ? `${JSON.stringify(text.slice(0, 60))}…` : JSON.stringify(text)
}
