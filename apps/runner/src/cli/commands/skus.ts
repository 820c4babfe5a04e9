import { lonelySkus, type LonelySku } from '../../store/skus.ts'
import type { Registration } from '../registration.ts'
import { withStore } from '../with-store.ts'

/** What each case means, and what to do. */
const skuWords: Readonly<Record<LonelySku['what'], string>> = {
  'not-offered': 'stock or a price is stated, and there is no such offer: create it there, or map the SKU',
  'not-stated': 'offered there, and no flow states its stock: add it at the source, map it, or end the offer',
  'sold-unknown': 'sold there, and nobody who states stock knows it: map it, or add it at the source',
  'sold-without': 'a line was sold without a SKU: give its offer one',
}

/** SKUs that stand on one side alone. */
export const skus: Registration = (program, act) =>
  void program
    .command('skus')
    .description('SKUs without a counterpart: stated and not offered, offered and not stated, sold and unknown')
    .option('--connection <name>', 'only of this connection')
    .action(
      act(
        async (cli, { connection }: { connection?: string }) =>
          await withStore(cli, async (store) => {
            const found = await lonelySkus(store, connection)
            cli.out.result(found, () => {
              if (found.length === 0) return cli.out.print('Every SKU has its counterpart, as far as is known.')
              cli.out.table(found, [
                { title: 'SKU', value: (row) => row.sku, shrinkTo: 12 },
                { title: 'CONNECTION', value: (row) => row.connection },
                { title: 'SEEN IN', value: (row) => row.record, shrinkTo: 12 },
                { title: 'WHAT', value: (row) => skuWords[row.what], shrinkTo: 24 },
              ])
              cli.out.print(
                '\nWhat is offered is known from the last reconcile ("kontor reconcile"), for connections that can tell.',
              )
            })
            return 0 as const
          }),
      ),
    )
