import { DocumentAddress, NewReport, Report } from '../wire/index.ts'
import { fetchDocument } from './documents.ts'
import type { Requests } from './requests.ts'

/** Reports API 2021-06-30: ask for a report, look whether it is there, fetch it. */
export class ReportsClient {
  readonly #requests: Requests

  constructor(requests: Requests) {
    this.#requests = requests
  }

  /** A report asked for twice is only made twice. */
  async create(
    json: { reportType: string; marketplaceIds: readonly string[]; dataStartTime: string; dataEndTime?: string },
    signal: AbortSignal,
  ): Promise<string> {
    const { body } = await this.#requests.send({
      operation: 'createReport',
      method: 'POST',
      path: '/reports/2021-06-30/reports',
      json,
      schema: NewReport,
      doing: `ask for a report (${json.reportType})`,
      signal,
    })
    return body.reportId
  }

  async get(reportId: string, signal: AbortSignal): Promise<Report> {
    const { body } = await this.#requests.send({
      operation: 'getReport',
      path: `/reports/2021-06-30/reports/${encodeURIComponent(reportId)}`,
      schema: Report,
      doing: 'look whether a report is there',
      signal,
    })
    return body
  }

  async text(documentId: string, charsets: readonly string[], signal: AbortSignal): Promise<string> {
    const { body } = await this.#requests.send({
      operation: 'getReportDocument',
      path: `/reports/2021-06-30/documents/${encodeURIComponent(documentId)}`,
      schema: DocumentAddress,
      doing: 'ask where a report lies',
      signal,
    })
    return fetchDocument(this.#requests, body, signal, charsets)
  }
}
