const replaced: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '–': '-',
  '—': '-',
  '…': '...',
  '€': 'EUR',
  '\u00a0': ' ',
}

/** A text for the buyer as Rakuten takes it: at most 400 characters, and such as ISO-8859-1 has; others are dropped. */
export function toComment(text: string): string {
  const plain = text
    .normalize('NFC')
    .replace(/[‘’“”–—…€\u00a0]/g, (one) => replaced[one] ?? '')
    .replace(/[^\u0020-\u007e\u00a1-\u00ff]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return plain.length <= 400 ? plain : `${plain.slice(0, 397)}...`
}
