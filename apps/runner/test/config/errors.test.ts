import { expect, test } from 'vitest'
import { complaints } from './load.ts'

const shop = `
connections:
  shop:
    plugin: plugin-shop
    config: { region: europe }
    credentials: { login: muster, token: "\${env:SHOP_TOKEN}" }
  depot:
    plugin: plugin-depot
`.trimStart()

const bad: readonly [title: string, yaml: string, expected: readonly string[]][] = [
  ['an empty file', '', ['kontor.yaml connections: found nothing, expected a map.']],
  [
    'broken YAML',
    'connections:\n  shop: [1, 2\n',
    [
      'kontor.yaml:3:1 This is no valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  ],
  [
    'a key twice',
    'store: a.db\nstore: b.db\nconnections: {}\n',
    ['kontor.yaml:2:1 This is no valid YAML: Map keys must be unique'],
  ],
  ['an unknown key', `${shop}flow: []\n`, ['kontor.yaml:8:1 flow: unknown key "flow". Did you mean "flows"?']],
  [
    'a wrong word',
    shop.replace('europe', 'Europa'),
    [
      'kontor.yaml:4:23 connections.shop.config.region: found "Europa", expected europe, america or asia. Did you mean "europe"?',
    ],
  ],
  [
    'a value that is missing',
    shop.replace('{ region: europe }', '{}'),
    ['kontor.yaml:4:5 connections.shop.config.region: found nothing, expected europe, america or asia.'],
  ],
  [
    'a whole block that is missing',
    shop.replace('    config: { region: europe }\n', ''),
    ['kontor.yaml:2:3 connections.shop.config.region: found nothing, expected europe, america or asia.'],
  ],
  [
    'a number where text is wanted, and a number out of bounds',
    shop.replace('{ region: europe }', '{ region: 5, pages: 1000 }'),
    [
      'kontor.yaml:4:23 connections.shop.config.region: found 5, expected europe, america or asia.',
      'kontor.yaml:4:33 connections.shop.config.pages: found 1000, expected a number, at most 100.',
    ],
  ],
  [
    'an unknown key of a plugin',
    shop.replace('region: europe', 'region: europe, market: [DE]'),
    ['kontor.yaml:4:31 connections.shop.config.market: unknown key "market". Did you mean "markets"?'],
  ],
  [
    'a list entry',
    shop.replace('region: europe', 'region: europe, markets: [DE, UK]'),
    ['kontor.yaml:4:45 connections.shop.config.markets.1: found "UK", expected DE or FR.'],
  ],
  [
    'no URL',
    shop.replace('region: europe', 'region: europe, url: shop'),
    ['kontor.yaml:4:36 connections.shop.config.url: found "shop", expected a URL such as https://example.com.'],
  ],
  [
    'a form that is none of several',
    shop.replace('region: europe', 'region: europe, notice: { by: mial }'),
    ['kontor.yaml:4:45 connections.shop.config.notice.by: found "mial", expected mail or nobody. Did you mean "mail"?'],
  ],
  [
    'an inner value of a form',
    shop.replace('region: europe', 'region: europe, notice: { by: mail, to: nobody }'),
    ['kontor.yaml:4:55 connections.shop.config.notice.to: found "nobody", expected an e-mail address.'],
  ],
  [
    'a secret in plain text',
    shop.replace('"${env:SHOP_TOKEN}"', 'abcdefghijklmnop'),
    [
      'kontor.yaml:5:42 connections.shop.credentials.token: a secret stands here in plain text. Write "${env:SHOP_TOKEN}" and set that variable, or use ${file:./path} or ${secret:name}.',
    ],
  ],
  [
    'a secret of the config in plain text',
    shop.replace('region: europe', 'region: europe, signature: abcdefghij'),
    [
      'kontor.yaml:4:42 connections.shop.config.signature: a secret stands here in plain text. Write "${env:SHOP_SIGNATURE}" and set that variable, or use ${file:./path} or ${secret:name}.',
    ],
  ],
  [
    'credentials nobody wants',
    `${shop}    credentials: { token: x }\n`,
    ['kontor.yaml:8:5 connections.depot.credentials: Plugin depot takes no credentials. Remove them.'],
  ],
  [
    'a reference without a kind',
    shop.replace('env:SHOP_TOKEN', 'SHOP_TOKEN'),
    [
      'kontor.yaml:5:42 connections.shop.credentials.token: "${SHOP_TOKEN}" does not say where to look. Write ${env:SHOP_TOKEN}, ${file:./path} or ${secret:name}.',
    ],
  ],
  [
    'a reference of an unknown kind',
    shop.replace('env:SHOP_TOKEN', 'evn:SHOP_TOKEN'),
    [
      'kontor.yaml:5:42 connections.shop.credentials.token: "evn" is no kind of reference; there are env, file and secret. Did you mean "env"?',
    ],
  ],
  [
    'a reference that is not closed',
    shop.replace('env:SHOP_TOKEN}', 'env:SHOP_TOKEN'),
    [
      'kontor.yaml:5:42 connections.shop.credentials.token: A reference is not closed: "}" is missing. A plain "${" is written "$${".',
    ],
  ],
  [
    'a plugin that is not installed',
    shop.replace('plugin-depot', 'plugin-dept'),
    ['kontor.yaml:7:13 connections.depot.plugin: Plugin plugin-dept is not installed. Did you mean "plugin-depot"?'],
  ],
  [
    'a name that cannot be used',
    shop.replace('  depot:', '  Depot_1:'),
    [
      'kontor.yaml:6:3 connections.Depot_1: the name "Depot_1" cannot be used, expected a name in lower case with dashes, e.g. shop-de.',
    ],
  ],
  [
    'a reserved name',
    shop.replace('  depot:', '  origin:'),
    [
      'kontor.yaml:6:3 connections.origin: the name "origin" cannot be used, expected a name other than origin, rule, operator, kontor.',
    ],
  ],
  [
    'an unknown limit and an unknown reader',
    `${shop}    limits: { order: { burst: 1 } }\n    every: { inbx: 5m }\n`,
    [
      'kontor.yaml:8:15 connections.depot.limits.order: "order" is no name of a limit of plugin depot; it has none.',
      'kontor.yaml:9:14 connections.depot.every.inbx: "inbx" is no name of a reader of plugin depot; it has inbox. Did you mean "inbox"?',
    ],
  ],
  [
    'a limit that is no number',
    shop.replace('    config:', '    limits: { orders: { burst: many } }\n    config:'),
    ['kontor.yaml:4:32 connections.shop.limits.orders.burst: found "many", expected a number.'],
  ],
  [
    'an unknown entity',
    `${shop}flows:\n  - { entity: order, from: shop, to: depot }\n`,
    [
      'kontor.yaml:9:15 flows.0.entity: found "order", expected products, orders, decisions, shipments, invoices, returns, receipts, refunds, points, coupons, stock, prices or payouts. Did you mean "orders"?',
    ],
  ],
  [
    'an unknown connection',
    `${shop}flows:\n  - { entity: orders, from: [shp], to: depot }\n`,
    ['kontor.yaml:9:30 flows.0.from.0: There is no connection "shp"; there are: shop and depot. Did you mean "shop"?'],
  ],
  [
    'a flow without its entity',
    `${shop}flows:\n  - { entiy: orders, from: shop, to: depot }\n`,
    [
      'kontor.yaml:9:5 flows.0.entity: found nothing, expected products, orders, decisions, shipments, invoices, returns, receipts, refunds, points, coupons, stock, prices or payouts.',
      'kontor.yaml:9:7 flows.0.entiy: unknown key "entiy". Did you mean "entity"?',
    ],
  ],
  [
    'more than points in a flow of points',
    `${shop}flows:\n  - { loyalty: { shop: shop, provider: depot }, every: 5m }\n`,
    ['kontor.yaml:9:49 flows.0.every: unknown key "every". Did you mean "every"?'],
  ],
  [
    'a number for a name',
    `${shop}flows:\n  - { entity: orders, from: [shop, 5], to: 7 }\n`,
    [
      'kontor.yaml:9:36 flows.0.from.1: found 5, expected the name of a connection.',
      'kontor.yaml:9:44 flows.0.to: found 7, expected origin, the name of a connection or a list of names.',
    ],
  ],
  [
    'a flow without an end',
    `${shop}flows:\n  - { entity: orders, from: shop }\n`,
    ['kontor.yaml:9:5 flows.0.to: found nothing, expected origin, the name of a connection or a list of names.'],
  ],
  [
    'what cannot be read and cannot be taken',
    `${shop}flows:\n  - { entity: prices, from: shop, to: depot }\n`,
    [
      'kontor.yaml:9:29 flows.0.from: shop does not read prices. Plugin shop has the readers orders (orders), returns (returns, refunds) and stock (stock).',
      'kontor.yaml:9:39 flows.0.to: depot does not take prices. Plugin depot has the writers outbox (orders, returns, stock, points).',
    ],
  ],
  [
    'a loop to itself',
    `${shop}flows:\n  - { entity: stock, from: depot, to: depot }\n`,
    ['kontor.yaml:9:39 flows.0.to: stock would be delivered to depot, where they are read. Remove it from one side.'],
  ],
  [
    'a ring of stock',
    `${shop}flows:\n  - { entity: stock, from: depot, to: shop }\n  - { entity: stock, from: shop, to: [depot] }\n`,
    [
      'kontor.yaml:10:38 flows.1.to: stock would go round in a ring: shop → depot → shop. Decide which connection is the source.',
    ],
  ],
  [
    'an origin of what has none',
    `${shop}flows:\n  - { entity: stock, from: depot, to: origin }\n`,
    [
      'kontor.yaml:9:39 flows.0.to: "origin" has no meaning for stock, which are about no order and no return. Name connections instead; it works for decisions, shipments, invoices, returns, receipts, refunds, points and coupons.',
    ],
  ],
  [
    'an origin nobody is',
    `${shop}flows:\n  - { entity: receipts, from: depot, to: origin }\n`,
    ['kontor.yaml:9:42 flows.0.to: No connection takes receipts, so there is no origin for them to go to.'],
  ],
  [
    'a route twice',
    `${shop}flows:\n  - { entity: orders, from: shop, to: depot }\n  - { entity: orders, from: shop, to: [depot] }\n`,
    ['kontor.yaml:10:39 flows.1.to: orders from shop to depot are already delivered by flows.0. Remove one of them.'],
  ],
  [
    'a condition where it means nothing',
    `${shop}flows:\n  - { entity: stock, from: depot, to: shop, where: paid, guard: { priceChange: 10% } }\n`,
    [
      'kontor.yaml:9:45 flows.0.where: "where" chooses among orders; this flow delivers stock. Remove it.',
      'kontor.yaml:9:67 flows.0.guard.priceChange: is about prices; this flow delivers stock. Remove it.',
    ],
  ],
  [
    'an unknown condition',
    `${shop}flows:\n  - { entity: orders, from: shop, to: depot, where: shipable }\n`,
    [
      'kontor.yaml:9:53 flows.0.where: found "shipable", expected shippable, acceptable, paid or all. Did you mean "shippable"?',
    ],
  ],
  [
    'a start that is no time',
    `${shop}flows:\n  - { entity: orders, from: shop, to: depot, start: yesterday }\n`,
    [
      'kontor.yaml:9:53 flows.0.start: found "yesterday", expected now or all, an instant such as 2026-05-03T09:36:00Z or a day such as 2026-05-03.',
    ],
  ],
  [
    'a duration without a unit',
    `${shop}flows:\n  - { entity: orders, from: shop, to: depot, every: 5 }\n`,
    ['kontor.yaml:9:53 flows.0.every: found 5, expected a duration such as 30s, 5m or 1h.'],
  ],
  [
    'too often',
    `${shop}flows:\n  - { entity: orders, from: shop, to: depot, every: 5ms }\n`,
    ['kontor.yaml:9:53 flows.0.every: found "5ms", expected a duration of at least 1s.'],
  ],
  [
    'a wrong cron pattern',
    `${shop}flows:\n  - { entity: orders, from: shop, to: depot, cron: "61 * * * *" }\n`,
    [
      'kontor.yaml:9:52 flows.0.cron: found "61 * * * *", expected a cron pattern such as "0 6 * * *" (minute, hour, day, month, weekday).',
    ],
  ],
  [
    'both every and cron',
    `${shop}flows:\n  - { entity: orders, from: shop, to: depot, every: 5m, cron: "0 6 * * *" }\n`,
    ['kontor.yaml:9:63 flows.0.cron: A flow has `every` or `cron`, not both. Remove one.'],
  ],
  [
    'a share that is none',
    `${shop}flows:\n  - { entity: stock, from: depot, to: shop, guard: { dropToZero: 0.2 } }\n`,
    ['kontor.yaml:9:66 flows.0.guard.dropToZero: found 0.2, expected a share such as 20%.'],
  ],
  [
    'points without a place',
    `${shop}flows:\n  - { loyalty: { shop: shop, provider: points, earn: { when: payed } } }\n`,
    [
      'kontor.yaml:9:62 flows.0.loyalty.earn.when: found "payed", expected created, paid or completed. Did you mean "paid"?',
    ],
  ],
  [
    'points of one shop to itself',
    `${shop}flows:\n  - { loyalty: { shop: shop, provider: shop } }\n`,
    ['kontor.yaml:9:40 flows.0.loyalty.provider: is the shop itself. Name the connection that keeps the points.'],
  ],
  [
    'accepting where nothing can be accepted',
    `${shop}decide:\n  depot: { accept: auto }\n  shop: { accept: manual, notBefore: 60m }\n`,
    [
      'kontor.yaml:9:10 decide.depot: depot does not take decisions. Plugin depot has the writers outbox (orders, returns, stock, points).',
      'kontor.yaml:10:27 decide.shop.notBefore: has a meaning with "accept: auto" and "accept: rule" only.',
    ],
  ],
  [
    'countries of something that goes nowhere',
    `${shop}flows:\n  - { entity: stock, from: shop, to: depot, countries: [FR] }\n`,
    ['kontor.yaml:9:45 flows.0.countries: "countries" chooses among orders; this flow delivers stock. Remove it.'],
  ],
  [
    'a policy by rules that has none',
    `${shop}decide:\n  shop: { accept: rule }\n`,
    ['kontor.yaml:9:11 decide.shop.accept: needs `rules`, which say what is accepted.'],
  ],
  [
    'rules that can mean nothing',
    `${shop}decide:\n  shop: { accept: auto, rules: [{ countries: [FR] }] }\n`,
    ['kontor.yaml:9:25 decide.shop.rules: has a meaning with "accept: rule" only.'],
  ],
  [
    'a rule that asks for stock nobody tells',
    `${shop}decide:\n  shop: { accept: rule, rules: [{ stock: enough }] }\n`,
    [
      'kontor.yaml:9:42 decide.shop.rules.0.stock: asks for stock, and no flow brings any to shop: it would never fit. Add a flow { entity: stock, from: ..., to: shop }, or leave `stock` out.',
    ],
  ],
  [
    'a rule that refuses everything',
    `${shop}decide:\n  shop: { accept: rule, rules: [{ decide: refuse }] }\n`,
    [
      'kontor.yaml:9:33 decide.shop.rules.0: A rule that refuses says when. Without a condition it would refuse every order.',
    ],
  ],
  [
    'a password in the address of the store',
    `store: postgres://kontor:hunter22@db.example.com/kontor\nstoreKey: abc\n${shop}`,
    [
      'kontor.yaml:1:8 store: A password stands here in plain text. Write "${env:DATABASE_URL}" and set that variable.',
      'kontor.yaml:2:11 storeKey: A key stands here in plain text. Write "${env:KONTOR_STORE_KEY}" and set that variable, or use ${file:./path} or ${secret:name}.',
    ],
  ],
]

test.each(bad)('%s is told with its place, what was found and what was expected', async (_title, yaml, expected) => {
  expect(expected.length).toBeGreaterThan(0)
  expect(await complaints(yaml)).toEqual(expected)
})

test('everything that is wrong in a file is told at once, in the order of the file', async () => {
  const yaml = shop
    .replace('europe', 'moon')
    .replace('plugin-depot', 'plugin-nowhere')
    .replace('"${env:SHOP_TOKEN}"', 'abcdefghijklmnop')
  expect(await complaints(`${yaml}flows:\n  - { entity: orders, from: shop, to: dpot }\n`)).toEqual([
    'kontor.yaml:4:23 connections.shop.config.region: found "moon", expected europe, america or asia.',
    'kontor.yaml:5:42 connections.shop.credentials.token: a secret stands here in plain text. Write "${env:SHOP_TOKEN}" and set that variable, or use ${file:./path} or ${secret:name}.',
    'kontor.yaml:7:13 connections.depot.plugin: Plugin plugin-nowhere is not installed.',
    'kontor.yaml:9:39 flows.0.to: There is no connection "dpot"; there are: shop and depot. Did you mean "depot"?',
  ])
})

test('a mistake in one part hides none in the others', async () => {
  const yaml = `stor: x\n${shop.replace('europe', 'moon')}    every: often\nflows:\n  - { entity: order, from: shop, to: depot }\n  - { entity: orders, from: depot, to: shop }\n`
  expect(await complaints(yaml)).toEqual([
    'kontor.yaml:1:1 stor: unknown key "stor". Did you mean "store"?',
    'kontor.yaml:5:23 connections.shop.config.region: found "moon", expected europe, america or asia.',
    'kontor.yaml:9:12 connections.depot.every: found "often", expected a duration such as 30s, 5m or 1h or a map.',
    'kontor.yaml:11:15 flows.0.entity: found "order", expected products, orders, decisions, shipments, invoices, returns, receipts, refunds, points, coupons, stock, prices or payouts. Did you mean "orders"?',
    'kontor.yaml:12:40 flows.1.to: shop does not take orders. Plugin shop has the writers orders (decisions, shipments) and offers (stock, prices).',
  ])
})

test('a secret in plain text is named, never shown', async () => {
  const told = (await complaints(shop.replace('"${env:SHOP_TOKEN}"', 'hunter2'))).join('\n')
  expect(told).toContain('connections.shop.credentials.token')
  expect(told).not.toContain('hunter2')
})

test('a secret in plain text is taken where that is asked for, as in a demo', async () => {
  expect(
    await complaints(shop.replace('"${env:SHOP_TOKEN}"', 'abcdefghijklmnop'), { allowLiteralSecrets: true }),
  ).toEqual([])
})

test('values that come by YAML anchors and merges are judged at the place they stand at', async () => {
  const yaml = shop
    .replace('{ region: europe }', '&eu { region: europe, pages: 0 }')
    .replace(
      '  depot:',
      '  twin:\n    plugin: plugin-shop\n    config:\n      <<: *eu\n      region: asia\n    credentials: { login: b, token: "${env:B}" }\n  depot:',
    )
  expect(await complaints(yaml)).toEqual([
    'kontor.yaml:4:42 connections.shop.config.pages: found 0, expected a number, at least 1.',
    'kontor.yaml:4:42 connections.twin.config.pages: found 0, expected a number, at least 1.',
  ])
})
