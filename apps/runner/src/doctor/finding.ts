/** What a look at one thing has found. `fine` is said, too: that nothing is wrong there is worth knowing. */
export interface Finding {
  level: 'fine' | 'warning' | 'error'
  /** The thing that was looked at: one word or two. */
  about: string
  /** What is so. */
  message: string
  /** What to do about it. */
  remedy?: string
}

export const fine = (about: string, message: string): Finding => ({ level: 'fine', about, message })
export const warning = (about: string, message: string, remedy: string): Finding => ({
  level: 'warning',
  about,
  message,
  remedy,
})
export const failure = (about: string, message: string, remedy: string): Finding => ({
  level: 'error',
  about,
  message,
  remedy,
})
