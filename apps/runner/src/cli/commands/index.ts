import type { Registration } from '../registration.ts'
import { act } from './act.ts'
import { backfill } from './backfill.ts'
import { backup, restore } from './backup.ts'
import { check } from './check.ts'
import { connect } from './connect.ts'
import { decide } from './decide.ts'
import { deliveries } from './deliveries.ts'
import { demo } from './demo.ts'
import { echo } from './echo.ts'
import { erase } from './erase.ts'
import { doctor } from './doctor.ts'
import { explain } from './explain.ts'
import { init } from './init.ts'
import { loyalty } from './loyalty/index.ts'
import { orders } from './orders.ts'
import { plan } from './plan.ts'
import { plugins } from './plugins.ts'
import { reconcile } from './reconcile.ts'
import { record } from './record.ts'
import { rejections } from './rejections.ts'
import { rename } from './rename.ts'
import { run } from './run.ts'
import { schema } from './schema.ts'
import { simulate } from './simulate.ts'
import { skus } from './skus.ts'
import { status } from './status.ts'
import { store } from './store.ts'
import { trace } from './trace.ts'

/** In the order a person meets them. */
export const commands: readonly Registration[] = [
  demo,
  init,
  connect,
  check,
  plan,
  run,
  status,
  orders,
  trace,
  decide,
  deliveries,
  echo,
  rejections,
  skus,
  reconcile,
  loyalty,
  act,
  backfill,
  doctor,
  rename,
  backup,
  restore,
  store,
  erase,
  plugins,
  schema,
  simulate,
  record,
  explain,
]
