import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

/** Where questions go and answers come from. */
export interface Terminal {
  input: NodeJS.ReadableStream
  output: NodeJS.WritableStream
}

export interface Question {
  text: string
  /** What is typed is not shown. */
  hidden: boolean
}

/** Asks one question after the other on a terminal. Ctrl-C and Ctrl-D end it with an ABORTED of the signal or an empty answer. */
export async function ask(
  questions: readonly Question[],
  { input, output }: Terminal,
  signal: AbortSignal,
): Promise<string[]> {
  let hidden = false
  const screen = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      if (!hidden) output.write(chunk)
      done()
    },
  })
  const reader = createInterface({ input, output: screen, terminal: true, historySize: 0 })
  const stop = new AbortController()
  // In raw mode Ctrl-C is a key like others; the process gets no signal of it.
  reader.on('SIGINT', () => stop.abort())
  reader.on('close', () => stop.abort())
  const answers: string[] = []
  try {
    for (const question of questions) {
      output.write(question.text)
      hidden = question.hidden
      answers.push(await reader.question('', { signal: AbortSignal.any([signal, stop.signal]) }))
      if (hidden) output.write('\n')
      hidden = false
    }
    return answers
  } finally {
    hidden = false
    reader.close()
  }
}
