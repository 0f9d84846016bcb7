/**
 * Clinical documents of the care half → rows of OMOP, with an account of every resource. The rows are written as files
 * (`writeTables`) and loaded like those of any data holder.
 */
import type { Coded, Terminology } from '#terminology/terminology.ts'
import type { DuckDatabase } from '../release/duckdb.ts'
import { type Concepts, lookUp } from '../vocabulary/look-up.ts'
import type { OmopRow, TableRows } from '../write-tables.ts'
import { type AccountBuilder, type ConversionAccount, createAccount } from './account.ts'
import { type ChosenConcept, chooseConcept, codesOf } from './choose-concept.ts'
import type { ClinicalEvent } from './clinical-event.ts'
import type { Day } from './day.ts'
import { type DocumentFacts, type Fact, factsOf, type SourceDocument } from './document-facts.ts'
import { deathRow } from './person.ts'
import { detailsWithoutColumn, eventRow, type RowParts, RULES, tableOfDomain, visitRow } from './rows.ts'
import type { SurrogateKeys } from './surrogate-keys.ts'

export interface ConversionInput {
  /** Each is let go once its facts are read: many documents need not lie in memory together. */
  readonly documents: Iterable<SourceDocument> | AsyncIterable<SourceDocument>
  /** An imported vocabulary, or a release that holds one. */
  readonly vocabulary: DuckDatabase
  readonly keys: SurrogateKeys
  /** Canonical names of code systems, and maps from national codes to those that OMOP knows. */
  readonly terminology?: Terminology
}

export interface Conversion {
  readonly tables: TableRows
  readonly account: ConversionAccount
}

const UCUM = 'http://unitsofmeasure.org'

export async function convertDocuments(input: ConversionInput): Promise<Conversion> {
  const documents: DocumentFacts[] = []
  for await (const document of input.documents) documents.push(factsOf(document))
  const concepts = await lookUp(input.vocabulary, codesIn(documents, input.terminology))
  const account = createAccount()
  const settled = settle(documents, account)
  const persons = await input.keys.keysOf(
    'person',
    documents.flatMap(({ person }) => (person?.born ? [person.identity] : [])),
  )
  const visits = await input.keys.keysOf(
    'visit',
    settled.filter(({ fact }) => fact.read.kind === 'visit').map(({ fact }) => fact.identity),
  )
  const drafts = settled.flatMap((one) => draftsOf(one, concepts, input.terminology, account))
  const events = await input.keys.keysOf(
    'event',
    drafts.map(({ identity }) => identity),
  )
  const tables = new Map<string, OmopRow[]>()
  const add = (table: string, row: OmopRow) => {
    const rows = tables.get(table)
    if (rows) rows.push(row)
    else tables.set(table, [row])
  }
  addPersons(documents, persons, account, add)
  const known = (keys: ReadonlyMap<string, number>, identity: string) => keys.get(identity) ?? 0
  for (const { fact, person, start } of settled) {
    if (fact.read.kind !== 'visit') continue
    add('visit_occurrence', visitRow(known(visits, fact.identity), known(persons, person), fact.read.visit, start))
  }
  for (const { identity, table, event, person, visit, ...parts } of drafts) {
    const visitKey = visit === undefined ? undefined : visits.get(visit)
    const row = { ...parts, key: known(events, identity), person: known(persons, person) }
    add(table, eventRow(table, event, visitKey === undefined ? row : { ...row, visit: visitKey }))
  }
  addPeriods(documents, settled, persons, add)
  return { tables, account: account.finish(documents.length) }
}

function codesIn(documents: readonly DocumentFacts[], terminology: Terminology | undefined): Coded[] {
  return documents.flatMap(({ facts }) =>
    facts.flatMap(({ read }) => {
      if (read.kind !== 'events') return []
      return read.events.flatMap(({ code, value }) => [
        ...codesOf(code, terminology),
        ...(value?.concept ? codesOf(value.concept, terminology) : []),
        ...(value?.unit ? unitCodes(value.unit) : []),
      ])
    }),
  )
}

/** What a unit may be in UCUM: its code, else its words, which often are one. */
function unitCodes({ code, words }: { readonly code: string; readonly words: string }): readonly Coded[] {
  return [code, words].filter((one) => one !== '').map((one) => ({ system: UCUM, code: one }))
}

/** A fact that becomes a row, with its person and its day. */
interface Settled {
  readonly document: DocumentFacts
  readonly fact: Fact
  readonly person: string
  readonly start: Day
  readonly datedByDocument: boolean
}

/** Lists what becomes no row; of one resource in several documents the first counts. */
function settle(documents: readonly DocumentFacts[], account: AccountBuilder): readonly Settled[] {
  const seen = new Set<string>()
  return documents.flatMap((document) =>
    document.facts.flatMap((fact): Settled[] => {
      const { read, resource, identity } = fact
      const list = (reason: Parameters<AccountBuilder['list']>[2]): Settled[] => {
        account.list(document.name, resource, reason)
        return []
      }
      if (read.kind === 'not-a-row') return list(read.reason)
      if (!document.person) return list('without-patient')
      if (document.person.born === undefined) return list('person-without-year-of-birth')
      const stated = read.kind === 'visit' ? read.visit.start : read.events.find(({ start }) => start)?.start
      const start = stated ?? document.written
      if (!start) return list('without-time')
      if (seen.has(identity)) return list('seen-before')
      seen.add(identity)
      account.withRows()
      if (stated === undefined) account.dated(document.name, resource, 'by-document')
      else if (!stated.exact) account.dated(document.name, resource, 'inexact')
      return [{ document, fact, person: document.person.identity, start, datedByDocument: stated === undefined }]
    }),
  )
}

/** A row without its keys. */
interface Draft extends Omit<RowParts, 'key' | 'person' | 'visit'> {
  readonly identity: string
  readonly table: ReturnType<typeof tableOfDomain>
  readonly event: ClinicalEvent
  readonly person: string
  readonly visit?: string
}

/** One row for each standard concept of each fact: a code that maps to two concepts says two things. */
function draftsOf(
  { document, fact, person, start }: Settled,
  concepts: Concepts,
  terminology: Terminology | undefined,
  account: AccountBuilder,
): readonly Draft[] {
  if (fact.read.kind !== 'events') return []
  return fact.read.events.flatMap((event) => {
    const code = chooseConcept(event.code, concepts, terminology)
    const targets = code.standard.length > 0 ? code.standard : [undefined]
    const visit = event.encounter === undefined ? undefined : document.encounters.get(event.encounter)
    return targets.map((target, at): Draft => {
      const table = target === undefined ? event.home : tableOfDomain(target.domain)
      if (target === undefined) account.unmapped(table, code.coding ?? { code: code.sourceValue })
      account.leftBehind(document.name, fact.resource, detailsWithoutColumn(table, event))
      return {
        identity: [fact.identity, event.part, at === 0 ? '' : `concept-${at + 1}`].join('#'),
        table,
        event,
        person,
        ...(visit === undefined ? {} : { visit }),
        concept: target?.id ?? 0,
        code,
        ...valueConcepts(event, concepts, terminology),
        start: event.start ?? start,
      }
    })
  })
}

function valueConcepts(
  { value }: ClinicalEvent,
  concepts: Concepts,
  terminology: Terminology | undefined,
): Pick<RowParts, 'valueConcept' | 'unitConcept'> {
  const chosen: ChosenConcept | undefined = value?.concept && chooseConcept(value.concept, concepts, terminology)
  const unit =
    value?.unit && unitCodes(value.unit).flatMap(({ system, code }) => concepts.find(system, code)?.standard ?? [])
  return {
    ...(chosen === undefined ? {} : { valueConcept: chosen.standard[0]?.id ?? 0 }),
    ...(unit === undefined ? {} : { unitConcept: unit[0]?.id ?? 0 }),
  }
}

type AddRow = (table: string, row: OmopRow) => void

function addPersons(
  documents: readonly DocumentFacts[],
  keys: ReadonlyMap<string, number>,
  account: AccountBuilder,
  add: AddRow,
): void {
  const seen = new Set<string>()
  const dead = new Set<string>()
  for (const { name, person, patient } of documents) {
    if (!person || patient === undefined) continue
    const key = keys.get(person.identity)
    if (key === undefined) account.list(name, patient, 'person-without-year-of-birth')
    else if (seen.has(person.identity)) account.list(name, patient, 'seen-before')
    else {
      account.withRows()
      if (!person.identified) account.unidentified(name, patient)
      add('person', person.row(key))
      seen.add(person.identity)
    }
    if (person.diedAtUnknownTime) account.leftBehind(name, patient, ['death_date'])
    if (person.died && key !== undefined && !dead.has(person.identity)) {
      dead.add(person.identity)
      add('death', deathRow(key, person.died))
    }
  }
}

/**
 * From a person's first event to the last event or document. OMOP: in most records the time of observation has to be inferred;
 * a summary tells of the past, so that its events count, never a day before the birth.
 */
function addPeriods(
  documents: readonly DocumentFacts[],
  settled: readonly Settled[],
  keys: ReadonlyMap<string, number>,
  add: AddRow,
): void {
  const days = Map.groupBy(settled, ({ person }) => person)
  for (const [person, own] of Map.groupBy(documents, (document) => document.person?.identity)) {
    const key = person === undefined ? undefined : keys.get(person)
    if (person === undefined || key === undefined) continue
    const born = own[0]?.person?.born?.date ?? ''
    const events = (days.get(person) ?? []).map(({ start }) => start.date)
    const written = own.flatMap((document) => document.written?.date ?? [])
    const all = [...events, ...written].filter((date) => date >= born).sort()
    const [first] = all
    const last = all.at(-1)
    if (first === undefined || last === undefined) continue
    add('observation_period', {
      observation_period_id: key,
      person_id: key,
      observation_period_start_date: first,
      observation_period_end_date: last,
      period_type_concept_id: RULES.recordType,
    })
  }
}
