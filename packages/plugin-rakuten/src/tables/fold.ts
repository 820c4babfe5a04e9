/** A text for comparing: without case, accents, blanks and punctuation. `Colis Privé` and `COLIS-PRIVE` are equal. */
export const fold = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
