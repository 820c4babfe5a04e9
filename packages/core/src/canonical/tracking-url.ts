import type { Carrier } from './carriers.ts'

/** What may stand in braces in the address of a tracking page. */
export const trackingPlaceholders = ['number', 'country', 'postcode', 'lang', 'locale'] as const
type Placeholder = (typeof trackingPlaceholders)[number]

export interface TrackingValues {
  number: string
  /** ISO 3166-1 alpha-2, of the recipient. */
  country?: string | undefined
  /** Of the recipient. */
  postalCode?: string | undefined
  /** ISO 639-1. Without it: the language of the locale, or that of the country. */
  lang?: string | undefined
  /** `de-de`. Without it: language and country. */
  locale?: string | undefined
}

/** Longest address we hand on; the shortest limit a marketplace documents. */
const longestUrl = 300

/** Main language of a country; English where there are several. */
const languages: Readonly<Record<string, string>> = {
  AT: 'de',
  AU: 'en',
  BE: 'en',
  CA: 'en',
  CH: 'en',
  CZ: 'cs',
  DE: 'de',
  DK: 'da',
  ES: 'es',
  FI: 'fi',
  FR: 'fr',
  GB: 'en',
  GR: 'el',
  HU: 'hu',
  IE: 'en',
  IT: 'it',
  JP: 'ja',
  LU: 'en',
  NL: 'nl',
  NO: 'no',
  PL: 'pl',
  PT: 'pt',
  RO: 'ro',
  SE: 'sv',
  SK: 'sk',
  US: 'en',
}

/**
 * The address of a parcel's tracking page, from a carrier of the table or a template of the user's.
 * A value that is needed and missing is a problem, never an empty piece of an address that leads nowhere.
 */
export function expandTracking(
  carrier: Carrier | string,
  values: TrackingValues,
): { url: string } | { problem: string } {
  const template = typeof carrier === 'string' ? carrier : carrier.trackingUrl
  if (template === undefined)
    return { problem: `no tracking page is known for ${typeof carrier === 'string' ? 'it' : carrier.name}` }
  const wrong = typeof carrier === 'string' ? checkTemplate(carrier).find(({ level }) => level === 'error') : undefined
  if (wrong) return { problem: wrong.message }
  const known = placeholderValues(values, typeof carrier === 'string' ? undefined : carrier.countryCase)
  const missing = placeholdersIn(template).filter((name) => known[name] === undefined)
  if (missing.length > 0)
    return {
      problem: `the tracking page needs ${missing.map((name) => `{${name}}`).join(', ')}, which the shipment does not tell`,
    }
  const url = template.replace(/\{(\w+)\}/g, (_, name: Placeholder) => encodeURIComponent(known[name] ?? ''))
  return url.length <= longestUrl
    ? { url }
    : { problem: `the tracking address is longer than ${longestUrl} characters` }
}

/** As {@link expandTracking}; `undefined` where there is no address. */
export function trackingUrl(carrier: Carrier | string, values: TrackingValues): string | undefined {
  const expanded = expandTracking(carrier, values)
  return 'url' in expanded ? expanded.url : undefined
}

/** What is wrong with a template that somebody wrote: in a configuration, before the first parcel needs it. */
export function checkTemplate(template: string): { level: 'error' | 'warning'; message: string }[] {
  const error = (message: string): { level: 'error'; message: string }[] => [{ level: 'error', message }]
  const unknown = placeholdersIn(template).filter((name) => !trackingPlaceholders.includes(name))
  if (unknown.length > 0)
    return error(
      `The tracking address has ${unknown.map((name) => `{${name}}`).join(', ')}; there are ${trackingPlaceholders.map((name) => `{${name}}`).join(', ')}.`,
    )
  if (!template.includes('{number}'))
    return error('The tracking address has no {number}, so it would be the same for every parcel.')
  if (/\s/.test(template)) return error('The tracking address has a blank in it.')
  // A value of a record must not choose the host.
  if (/^[^/]*\/\/[^/?#]*\{/.test(template)) return error('The tracking address has a placeholder in its host name.')
  const sample = URL.parse(template.replace(/\{\w+\}/g, '00340434161094042557'))
  if (!sample || (sample.protocol !== 'https:' && sample.protocol !== 'http:'))
    return error('The tracking address is no https address.')
  if (sample.username !== '' || sample.password !== '')
    return error('The tracking address holds a user name or password.')
  if (sample.href.length > longestUrl) return error(`The tracking address is longer than ${longestUrl} characters.`)
  return sample.protocol === 'http:'
    ? [
        {
          level: 'warning',
          message: 'The tracking address is not encrypted (http). Use https where the carrier offers it.',
        },
      ]
    : []
}

const placeholdersIn = (template: string): Placeholder[] => [
  ...new Set([...template.matchAll(/\{(\w*)\}/g)].map((match) => match[1] as Placeholder)),
]

function placeholderValues(
  { number, country, postalCode, lang, locale }: TrackingValues,
  countryCase: 'lower' | undefined,
): Readonly<Record<Placeholder, string | undefined>> {
  const land = told(country)?.toUpperCase()
  const language =
    told(lang)?.toLowerCase() ??
    told(locale)?.slice(0, 2).toLowerCase() ??
    (land === undefined ? undefined : languages[land])
  return {
    number: told(number),
    country: countryCase === 'lower' ? land?.toLowerCase() : land,
    postcode: told(postalCode)?.toUpperCase(),
    lang: language,
    locale:
      told(locale)?.toLowerCase() ??
      (language === undefined || land === undefined ? undefined : `${language}-${land.toLowerCase()}`),
  }
}

/** Without blanks; `undefined` where nothing is left. */
const told = (text: string | undefined): string | undefined => text?.replace(/\s/g, '') || undefined
