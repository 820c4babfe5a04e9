/**
 * The actions in use: path, and the version of its answer we were written for. A newer one is announced in `lastversion`; older ones keep
 * working. Versions: those two public connectors use (2022 to 2025), and the published samples.
 */
export const versions = {
  getnewsales: { path: '/sales_ws', version: '2017-08-07' },
  getcurrentsales: { path: '/sales_ws', version: '2017-08-07' },
  acceptsale: { path: '/sales_ws', version: '2021-04-08' },
  refusesale: { path: '/sales_ws', version: '2010-09-20' },
  cancelitem: { path: '/sales_ws', version: '2011-02-02' },
  confirmpreorder: { path: '/sales_ws', version: '2013-01-09' },
  getitemtodolist: { path: '/sales_ws', version: '2011-09-01' },
  getiteminfos: { path: '/sales_ws', version: '2017-08-07' },
  getbillinginformation: { path: '/sales_ws', version: '2016-03-16' },
  getshippinginformation: { path: '/sales_ws', version: '2017-09-12' },
  settrackingpackageinfos: { path: '/sales_ws', version: '2016-03-16' },
  importitemshippingstatus: { path: '/sales_ws', version: '2016-05-09' },
  contactuseraboutitem: { path: '/sales_ws', version: '2011-02-02' },
  getavailableshippingtypes: { path: '/sales_ws', version: '2013-06-25' },
  genericimportfile: { path: '/stock_ws', version: '2015-02-02' },
  genericimportreport: { path: '/stock_ws', version: '2017-02-10' },
  export: { path: '/stock_ws', version: '2018-06-29' },
  getoperations: { path: '/wallet_ws', version: '2011-03-29' },
  getcompensationdetails: { path: '/wallet_ws', version: '2011-03-29' },
} as const
export type Action = keyof typeof versions
