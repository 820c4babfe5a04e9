import { writeSync } from 'node:fs'
import type { Clock } from '@kontor/core'
import { cut } from './text.ts'

/** Standard error of a terminal: a line of progress below, the log above it. */
export interface Screen {
  readonly terminal: boolean
  write(text: string): void
  /** Replaces the line of progress, a few times a second at most. Nothing where nobody looks. */
  progress(text: string): void
  /** Takes the line of progress away. */
  clear(): void
}

const pauseMs = 100
const back = '\r\u001b[2K'

export function createScreen(
  clock: Clock,
  { terminal, columns }: { terminal: boolean; columns: () => number },
): Screen {
  let shown = ''
  let since = -Infinity
  const clear = (): void => {
    if (shown !== '') writeError(back)
    shown = ''
  }
  return {
    terminal,
    clear,
    write(text) {
      const progress = shown
      clear()
      writeError(text)
      if (progress !== '') writeError((shown = progress))
    },
    progress(text) {
      if (!terminal || clock.now() - since < pauseMs) return
      since = clock.now()
      shown = cut(text, columns() - 1)
      writeError(back + shown)
    },
  }
}

/** At once, even when the process ends right after: what is said last matters most. */
function writeError(text: string): void {
  const bytes = Buffer.from(text)
  for (let start = 0; start < bytes.length;) {
    try {
      start += writeSync(2, bytes, start)
    } catch (thrown) {
      // A pipe that is full is tried again; one that is closed has no reader to tell.
      if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EAGAIN')) return
    }
  }
}
