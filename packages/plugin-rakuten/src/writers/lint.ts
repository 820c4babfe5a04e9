import { checkTemplate, findCarrier, trackingUrl, type Problem } from '@kontor/core'
import { transporterOf, type RakutenConfig } from '../config.ts'
import { countryNumber, nearestTransporter, numberedCountries, otherTransporter } from '../tables/index.ts'
import { transporterFor } from './transport.ts'

/** What of the configuration would fail at the first sale or parcel, found before anything is called. */
export function lint(config: RakutenConfig): Problem[] {
  return [
    ...Object.keys(config.carriers).flatMap((name) => carrierProblems(name, config)),
    ...skuProblems(config),
    ...countryProblems(config),
    ...textProblems(config),
  ]
}

function carrierProblems(name: string, config: RakutenConfig): Problem[] {
  const key = `carriers.${name}`
  const rule = config.carriers[name]
  if (rule === undefined) return []
  const own = transporterOf(rule)
  if (own.unknown !== undefined) {
    const nearest = nearestTransporter(own.unknown)
    const hint = nearest === undefined ? '' : ` Perhaps "${nearest}" is meant.`
    return [
      {
        level: 'error',
        code: 'CARRIER_UNKNOWN',
        key,
        message: `Rakuten has no transporter "${own.unknown.slice(0, 60)}"; names are exact in case and accents.${hint} Use "${otherTransporter}" with a \`trackingUrl\` for a carrier Rakuten does not know, or \`auto\`.`,
      },
    ]
  }
  const transporter = transporterFor(name, config)
  if (transporter === undefined)
    return [
      {
        level: 'error',
        code: 'CARRIER_UNKNOWN',
        key,
        message: `The carrier "${name}" is not in the carrier table and has no transporter at Rakuten: its shipments would be refused. Give it a transporter, or a \`trackingUrl\` and it is sent as "${otherTransporter}".`,
      },
    ]
  if (own.trackingUrl !== undefined) return templateProblems(own.trackingUrl, key)
  const table = findCarrier(name) ?? findCarrier(transporter)
  const sample =
    table === undefined ? undefined : trackingUrl(table, { number: '1', country: 'FR', postalCode: '75001' })
  if (sample !== undefined || config.universalTracking) return []
  return [
    {
      level: 'error',
      code: 'TRACKING_INVALID',
      key,
      message: `No tracking URL is known for "${name}", and Rakuten demands one: its shipments would be refused unless they bring their own. Add \`trackingUrl\` with {number}, or set \`universalTracking: true\`.`,
    },
  ]
}

const templateProblems = (template: string, key: string): Problem[] =>
  checkTemplate(template).map(({ level, message }) =>
    level === 'error' ? { level, code: 'CONFIG_INVALID', key, message } : { level, key, message },
  )

function skuProblems({ skus }: RakutenConfig): Problem[] {
  const by = Map.groupBy(Object.entries(skus), ([, ours]) => ours)
  return [...by]
    .filter(([, same]) => same.length > 1)
    .map(([ours, same]) => ({
      level: 'error',
      code: 'CONFIG_INVALID',
      key: 'skus',
      message: `The SKUs ${same.map(([theirs]) => `"${theirs}"`).join(', ')} of Rakuten are all mapped to "${ours}": its stock could not be sent to one of them.`,
    }))
}

const countryProblems = ({ shippingFromCountry }: RakutenConfig): Problem[] =>
  countryNumber(shippingFromCountry) === undefined
    ? [
        {
          level: 'error',
          code: 'CONFIG_INVALID',
          key: 'shippingFromCountry',
          message: `Rakuten's number for the country ${shippingFromCountry} is not known to this plugin. Known are: ${numberedCountries.join(', ')}.`,
        },
      ]
    : []

const textProblems = ({ cancelComment }: RakutenConfig): Problem[] =>
  /[^\u0020-\u007e\u00a1-\u00ff]/u.test(cancelComment)
    ? [
        {
          level: 'warning',
          key: 'cancelComment',
          message: 'The comment has characters Rakuten may not take (outside ISO-8859-1); they are replaced.',
        },
      ]
    : []
