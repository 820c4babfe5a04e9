import type { Answer } from '@kontor/testkit/simulator'
import { z } from 'zod'
import { callerOf, hasRole, restrictedOf } from '../access.ts'
import { denied, failure, numericInput } from '../answers.ts'
import { presign, storeResult } from '../documents.ts'
import { marketplacesOf } from '../marketplaces.ts'
import { listIn } from '../orders/query.ts'
import { DAY, iso, nextId, type AmazonCall, type Report } from '../world.ts'
import { flatFile } from './flat-file.ts'
import { reportTypes } from './report-types.ts'

const NewReport = z.object({
  reportType: z.string(),
  marketplaceIds: z.array(z.string()).min(1).max(25),
  dataStartTime: z.iso.datetime({ offset: true }).optional(),
  dataEndTime: z.iso.datetime({ offset: true }).optional(),
  reportOptions: z.record(z.string(), z.string()).optional(),
})

const numeric404 = (what: string): Answer => failure(404, '404', `${what} not found`)

/** Without a window: the days the type allows at most, until now. */
export function createReport(call: AmazonCall): Answer {
  const { world, clock, options } = call
  const parsed = NewReport.safeParse(call.json())
  if (!parsed.success) return numericInput(`Invalid ${parsed.error.issues[0]?.path.join('.') ?? 'body'}`)
  const { reportType, marketplaceIds, dataStartTime, dataEndTime } = parsed.data
  const type = reportTypes.get(reportType) ?? numericInput('Invalid reportType')
  const own = marketplacesOf(options.region).map(({ id }) => id)
  if (marketplaceIds.some((id) => !own.includes(id))) numericInput('Invalid marketplaceIds')
  if (type.restricted && !hasRole(call, 'Direct-to-Consumer Shipping (Restricted)')) denied()
  const until = dataEndTime === undefined ? clock.now() : Date.parse(dataEndTime)
  const from = dataStartTime === undefined ? until - (type.days ?? 60) * DAY : Date.parse(dataStartTime)
  if (from > until || (type.days !== undefined && until - from > type.days * DAY))
    numericInput(`dataStartTime and dataEndTime must be at most ${type.days ?? 0} days apart`)
  const report: Report = {
    id: String(60_000_000_000 + nextId(world)),
    sellerId: callerOf(call).sellerId,
    type: reportType,
    marketplaceIds,
    from,
    until,
    created: clock.now(),
    started: undefined,
    ended: undefined,
    status: 'IN_QUEUE',
    documentId: undefined,
  }
  world.reports.set(report.id, report)
  clock.after(options.reportQueue, () => {
    if (report.status !== 'IN_QUEUE') return
    report.status = 'IN_PROGRESS'
    report.started = clock.now()
    if (options.reportEnd !== 'stuck') clock.after(options.reportWork, () => finish(call, report))
  })
  return { status: 202, json: { reportId: report.id } }
}

function finish(call: AmazonCall, report: Report): void {
  const { world, clock, options } = call
  const type = reportTypes.get(report.type)
  const rows = type?.rows(world, report) ?? []
  report.ended = clock.now()
  const empty = rows.length === 0 && options.emptyReport === 'CANCELLED'
  report.status = options.reportEnd === 'FATAL' ? 'FATAL' : empty ? 'CANCELLED' : 'DONE'
  if (report.status !== 'DONE') return
  const latin = options.reportCharset === 'ISO-8859-1'
  const text = rows.length === 0 ? '' : flatFile(rows)
  const bytes = Buffer.from(text, latin ? 'latin1' : 'utf8')
  const document = storeResult(call, `text/plain;charset=${options.reportCharset}`, bytes)
  document.restricted = type?.restricted ?? false
  report.documentId = document.id
}

export function getReport(call: AmazonCall, id: string): Answer {
  const report = ownReport(call, id)
  return report === undefined ? numeric404('Report') : { json: reportJson(report) }
}

/** Only what waits in the queue can be called off. */
export function cancelReport(call: AmazonCall, id: string): Answer {
  const report = ownReport(call, id)
  if (report === undefined) return numeric404('Report')
  if (report.status !== 'IN_QUEUE') numericInput('The report is not in the queue any more')
  report.status = 'CANCELLED'
  report.ended = call.clock.now()
  return { status: 200 }
}

/** The newest hundred; a caller who lost an id looks for it here. */
export function getReports(call: AmazonCall): Answer {
  const { query, world } = call
  const types = listIn(query, 'reportTypes') ?? numericInput('Invalid reportTypes')
  const states = listIn(query, 'processingStatuses')
  const since = Date.parse(query.get('createdSince') ?? '') || 0
  const { sellerId } = callerOf(call)
  const found = [...world.reports.values()]
    .toReversed()
    .filter(
      (report) =>
        report.sellerId === sellerId &&
        types.includes(report.type) &&
        (states === undefined || states.includes(report.status)) &&
        report.created >= since,
    )
  return { json: { reports: found.slice(0, Number(query.get('pageSize') ?? 10)).map(reportJson) } }
}

export function getReportDocument(call: AmazonCall, id: string): Answer {
  const document = call.world.documents.get(id)
  if (document === undefined) return numeric404('Document')
  const path = `/reports/2021-06-30/documents/${id}`
  if (document.restricted && !(restrictedOf(call)?.paths.includes(path) ?? false)) return denied()
  return {
    json: {
      reportDocumentId: id,
      url: presign(call, id, 'GET'),
      ...(document.gzip ? { compressionAlgorithm: 'GZIP' } : {}),
    },
  }
}

function ownReport(call: AmazonCall, id: string): Report | undefined {
  const report = call.world.reports.get(id)
  return report?.sellerId === callerOf(call).sellerId ? report : undefined
}

const instant = (name: string, at: number | undefined): Record<string, string> =>
  at === undefined ? {} : { [name]: iso(at) }

const reportJson = (report: Report): Record<string, unknown> => ({
  reportId: report.id,
  reportType: report.type,
  marketplaceIds: report.marketplaceIds,
  ...instant('dataStartTime', report.from),
  ...instant('dataEndTime', report.until),
  createdTime: iso(report.created),
  processingStatus: report.status,
  ...instant('processingStartTime', report.started),
  ...instant('processingEndTime', report.ended),
  ...(report.documentId === undefined ? {} : { reportDocumentId: report.documentId }),
})
