/**
 * Spreadsheet programs run a cell that begins with one of these (OWASP, "CSV Injection", 2025). What a buyer typed must not.
 * Numbers and phone numbers are left alone: they can neither call a function nor name a cell.
 */
const risky = /^'*[=+\-@\t\r]/
const harmless = /^[+-][\d\s.,()/-]*$/

/** Makes a text harmless by an apostrophe in front; {@link bare} takes exactly this one away again. */
export const guarded = (text: string): string => (risky.test(text) && !harmless.test(text) ? `'${text}` : text)

/** The text without the apostrophe that {@link guarded} (or a spreadsheet) has put in front. */
export const bare = (text: string): string => (/^'+[=+\-@\t\r]/.test(text) ? text.slice(1) : text)
