import {
  canonicalText,
  compareVersions,
  mergeStatements,
  type AnyRecord,
  type Intake,
  type Look,
  type Ref,
  type Rejection,
} from '@kontor/core'

export const keyOf = ({ entity, id }: { entity: string; id: string }): string => `${entity}/${id}`

/** What a record says, without when and how it was said. */
export const contentOf = (record: AnyRecord): string => canonicalText(record, { circumstances: false })

/** What the runner keeps of pages, by the same rules: statements merged, the greater version wins, equal content changes nothing. */
export class PageStore {
  readonly records = new Map<string, AnyRecord>()
  readonly rejected: Rejection[] = []
  readonly looks: Look[] = []

  /** Answers the keys whose content has changed by it. */
  apply(intake: Intake): string[] {
    const changed: string[] = []
    for (const record of intake.records) if (this.#put(record)) changed.push(keyOf(record))
    this.rejected.push(...(intake.rejected ?? []))
    this.looks.push(...(intake.look ?? []))
    return changed
  }

  has(ref: Pick<Ref, 'entity' | 'id'>): boolean {
    return this.records.has(keyOf(ref))
  }

  get(ref: Ref): AnyRecord | undefined {
    return this.records.get(keyOf(ref))
  }

  copy(): PageStore {
    const copy = new PageStore()
    for (const [key, record] of this.records) copy.records.set(key, record)
    return copy
  }

  #put(record: AnyRecord): boolean {
    const known = this.records.get(keyOf(record))
    if (known !== undefined && (compareVersions(known.version, record.version) ?? 0) > 0) return false
    const merged = known === undefined ? record : mergeStatements(known, record)
    this.records.set(keyOf(record), merged)
    return known === undefined || contentOf(known) !== contentOf(merged)
  }
}
