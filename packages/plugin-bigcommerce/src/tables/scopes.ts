/**
 * OAuth scopes in the words of the form "Create API account" (Settings, API, API accounts), and what of the API needs them.
 * bigcommerce/docs, api-accounts, 2026-04-01. Scopes of an account cannot be changed later: a missing one means a new account.
 */
export interface ScopeProbe {
  /** As the form says it: name and level. */
  scope: string
  /** Paths that answer 403 without it. */
  paths: RegExp
  /** A cheap question that needs it and nothing else; the store hash is put before it. */
  probe: { path: string; query: Readonly<Record<string, string | number>> }
  /** What does not work without it. */
  needs: string
  level: 'error' | 'warning'
}

export const scopes: readonly ScopeProbe[] = [
  {
    scope: 'Order Transactions: read-only',
    paths: /\/payment_actions\/|\/transactions/,
    probe: { path: '/v3/orders/payment_actions/refunds', query: { limit: 1 } },
    needs: 'reading refunds ("Orders: read-only" is enough as well)',
    level: 'error',
  },
  {
    scope: 'Orders: read-only',
    paths: /\/v2\/orders/,
    probe: { path: '/v2/orders/count', query: {} },
    needs: 'reading orders; "Orders: modify" for reporting shipments',
    level: 'error',
  },
  {
    scope: 'Customers: read-only',
    paths: /\/customers/,
    probe: { path: '/v3/customers', query: { limit: 1 } },
    needs: 'nothing Kontor does today; the loyalty programme asks for it in its own guide',
    level: 'warning',
  },
  {
    scope: 'Marketing: modify',
    paths: /\/coupons|\/promotions/,
    probe: { path: '/v2/coupons', query: { limit: 1 } },
    needs: 'discount codes for rewards',
    level: 'warning',
  },
  {
    scope: 'Products: read-only',
    paths: /\/catalog|\/pricelists/,
    probe: { path: '/v3/catalog/products', query: { limit: 1 } },
    needs: 'reading products and prices; "Products: modify" for writing prices',
    level: 'warning',
  },
  {
    scope: 'Store Inventory: modify',
    paths: /\/inventory/,
    probe: { path: '/v3/inventory/items', query: { limit: 1 } },
    needs: 'reading and writing stock',
    level: 'warning',
  },
]

/** Not probed, since the scope set of a loyalty programme has it not. */
const informationScope = 'Information & Settings: read-only'

/** The scope a refused path needs, for the message. */
export const scopeOfPath = (path: string): string | undefined =>
  scopes.find(({ paths }) => paths.test(path))?.scope ??
  (/\/store\b|\/time\b|\/currencies/.test(path) ? informationScope : undefined)
