/**
 * The permissions of an API token, in the words of 8returns' own menu beside what they mean.
 * The only public statement on them is a guide of a third party (docs.melibo.de, "8return", read 2026-11-22); no public code shows what the
 * technical names are, or that they are enforced. So they are labels in messages, never ids, and a message says "most likely".
 */
export const permissions = {
  returns: { label: 'Retourenverwaltung', means: 'returns management' },
  customers: { label: 'Kundeninformationen', means: 'customer information' },
  labels: { label: 'Versandetiketten-Erstellung', means: 'label creation' },
  orders: { label: 'Bestellungszugriff', means: 'order access' },
} as const
export type Permission = keyof typeof permissions

/** `"Retourenverwaltung" (returns management)`. */
export const permissionInWords = (permission: Permission): string =>
  `"${permissions[permission].label}" (${permissions[permission].means})`

/** Where tokens are made, in the menu's own words; the guide says that it may differ by version. */
export const tokenMenu = '"API-Integrationen" or "Entwicklereinstellungen" at https://app.8returns.com'
