import { styleText } from 'node:util'

/** Colours, or none. */
export interface Paint {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly yellow: (text: string) => string
  readonly green: (text: string) => string
}

export function createPaint(colour: boolean): Paint {
  const paint =
    (style: Parameters<typeof styleText>[0]) =>
    (text: string): string =>
      colour ? styleText(style, text, { validateStream: false }) : text
  return { bold: paint('bold'), dim: paint('dim'), red: paint('red'), yellow: paint('yellow'), green: paint('green') }
}

/** Texts of other systems may hold sequences that steer a terminal. */
export const harmless = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- these are what is to be removed
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '�')

/** As one line. */
export const oneLine = (text: string): string => harmless(text.replace(/\s+/g, ' ').trim())

/** Columns a text takes on a screen: East Asian letters and most pictures take two, marks none. */
export function width(text: string): number {
  let sum = 0
  for (const { segment } of segments.segment(text)) sum += wide.test(segment) ? 2 : /^\p{M}+$/u.test(segment) ? 0 : 1
  return sum
}
const segments = new Intl.Segmenter('en', { granularity: 'grapheme' })
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60]|\p{Emoji_Presentation}/u

/** Cut to a width, with `…` for what is left out. */
export function cut(text: string, columns: number): string {
  if (width(text) <= columns) return text
  let result = ''
  for (const { segment } of segments.segment(text)) {
    if (width(result + segment) > columns - 1) break
    result += segment
  }
  return `${result}…`
}

export const pad = (text: string, columns: number, right: boolean): string => {
  const blanks = ' '.repeat(Math.max(0, columns - width(text)))
  return right ? blanks + text : text + blanks
}

/** Broken between words to lines of at most so many columns. */
export function wrap(text: string, columns: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = []
    let line = ''
    for (const word of paragraph.split(' ')) {
      if (line !== '' && width(line) + 1 + width(word) > columns) {
        lines.push(line)
        line = ''
      }
      line = line === '' ? word : `${line} ${word}`
    }
    return [...lines, line]
  })
}
