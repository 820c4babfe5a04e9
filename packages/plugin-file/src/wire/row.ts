import type { Json } from '@kontor/core'

/** One cell, with the header its column has in the file. */
export interface Cell {
  readonly text: string
  readonly column: string
}

/**
 * One row of a file: cells by field, empty ones left out. A JSON document in our own canonical form is kept whole instead.
 * `broken` says why the row as such cannot be read (too few cells, no object).
 */
export interface Row {
  /** From 1: the position among the rows of the file, what a checkpoint counts. */
  readonly index: number
  /** Line of the file it begins in. */
  readonly line: number
  readonly cells: ReadonlyMap<string, Cell>
  readonly document?: { readonly [key: string]: Json }
  readonly broken?: { readonly column: string; readonly found: string; readonly expected: string }
}
