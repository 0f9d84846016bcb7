/** ITI-38, the question: FindDocuments (IHE ITI TF-2 3.18, 3.38), with the filters that eHDSI adds. */
import { failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import { attribute, child } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { CLASS_CODE_SYSTEM } from '../document-classes.ts'
import type { DocumentQuery, IheProfile, QueryAnswer } from '../exchange.ts'
import { readCx, readTime, writeCx, writeTime } from '../registry/hl7-v2.ts'
import { sameId, slot, slotValues } from '../registry/registry-object.ts'
import { APPROVED, QUERY, RIM } from '../registry/schemes.ts'
import { readStrings, writeList, writeString } from './stored-query.ts'

const FIND_DOCUMENTS = 'urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d'

export type QueryProblemCode =
  /** Not a query at all: a SOAP fault. The others are answered as a query is (`refusedQuery`). */
  'query-malformed' | 'query-unknown' | 'query-patient-invalid' | 'query-class-missing' | 'query-filter-invalid'

export function readDocumentQuery(body: XmlElement): Result<DocumentQuery, QueryProblemCode> {
  const query = child(body, 'AdhocQuery', RIM)
  if (body.name !== 'AdhocQueryRequest' || body.namespace !== QUERY || query === undefined) {
    return refused('query-malformed', 'The message is not an AdhocQueryRequest with a query.')
  }
  if (!sameId(attribute(query, 'id'), FIND_DOCUMENTS)) {
    return refused('query-unknown', 'Only the query FindDocuments is answered here.')
  }
  const values = (name: string, codes = false) => readStrings(slotValues(query, name), codes)
  const patients = [...new Set(values('$XDSDocumentEntryPatientId'))]
  const patient = patients.length === 1 ? readCx(patients[0] ?? '') : undefined
  if (patient === undefined) return refused('query-patient-invalid', 'The query does not name exactly one patient.')
  // eHDSI: the type of a document is its class; gateways of others ask by the type.
  const classes = [...values('$XDSDocumentEntryClassCode', true), ...values('$XDSDocumentEntryTypeCode', true)]
  const classCodes = [...new Set(classes.map((code) => code.split('^')[0]?.trim() ?? ''))].filter((code) => code !== '')
  if (classCodes.length === 0) return refused('query-class-missing', 'The query names no class of documents.')
  const filters = readFilters(values)
  // Some senders break the name of the status over two words.
  const named = values('$XDSDocumentEntryStatus').map((one) => one.replace(/\s+/g, ''))
  const status = named.length === 0 ? [APPROVED] : named
  return filters.ok ? ok({ patient, classCodes, status, ...filters.value }) : filters
}

type Filters = Pick<DocumentQuery, 'maximumSize' | 'createdBefore' | 'createdAfter'>

function readFilters(values: (name: string) => readonly string[]): Result<Filters, QueryProblemCode> {
  const [size] = values('$XDSDocumentEntryFilterMaximumSize')
  const maximumSize = size === undefined ? undefined : Number(size)
  if (maximumSize !== undefined && !(Number.isSafeInteger(maximumSize) && maximumSize >= 0)) {
    return refused('query-filter-invalid', 'The greatest size of a document is no number of bytes.')
  }
  // eHDSI's own names, else those of FindDocuments.
  const before = values('$XDSDocumentEntryFilterCreatedBefore')[0] ?? values('$XDSDocumentEntryCreationTimeTo')[0]
  const after = values('$XDSDocumentEntryFilterCreatedAfter')[0] ?? values('$XDSDocumentEntryCreationTimeFrom')[0]
  const [createdBefore, createdAfter] = [before, after].map((time) =>
    time === undefined ? undefined : (readTime(time) ?? null),
  )
  if (createdBefore === null || createdAfter === null) {
    return refused('query-filter-invalid', 'A time of the query is no time.')
  }
  return ok({
    ...(maximumSize === undefined ? {} : { maximumSize }),
    ...(createdBefore === undefined ? {} : { createdBefore }),
    ...(createdAfter === undefined ? {} : { createdAfter }),
  })
}

function refused(code: QueryProblemCode, sentence: string): Result<never, QueryProblemCode> {
  return failed(code, sentence, 'Send FindDocuments as the eHDSI XCA profile has it.')
}

const ERRORS: Readonly<Record<QueryProblemCode, string>> = {
  'query-malformed': 'ERROR_GENERIC',
  'query-unknown': 'XDSUnknownStoredQuery',
  'query-patient-invalid': 'ERROR_PI_INCORRECT_FORMATTING',
  'query-class-missing': 'ERROR_GENERIC_SERVICE_SIGNIFIER_UNKNOWN',
  'query-filter-invalid': '4204',
}

/** The answer to a query that is not looked into. */
export function refusedQuery({ code, sentence }: Problem<QueryProblemCode>): QueryAnswer {
  return { documents: [], errors: [{ code: ERRORS[code], severity: 'error', text: sentence }], status: 'failure' }
}

export function writeDocumentQuery(question: DocumentQuery, profile: IheProfile): string {
  const codes = question.classCodes.map((code) => `${code}^^${CLASS_CODE_SYSTEM}`)
  const status = question.status.length === 0 ? [APPROVED] : question.status
  const { maximumSize } = question
  const slots = [
    slot('$XDSDocumentEntryPatientId', [writeString(writeCx(question.patient))]),
    slot('$XDSDocumentEntryStatus', [writeList(status)]),
    // The reference implementation takes what stands between the first quote and the last for one list.
    slot('$XDSDocumentEntryClassCode', [profile === 'openncp' ? `('${codes.join(',')}')` : writeList(codes)]),
    slot('$XDSDocumentEntryFilterMaximumSize', [maximumSize === undefined ? undefined : String(maximumSize)]),
    ...timeSlots(question, profile),
  ]
  return `<query:AdhocQueryRequest xmlns:query="${QUERY}" xmlns="${RIM}"><query:ResponseOption returnComposedObjects="true" returnType="LeafClass"/><AdhocQuery id="${FIND_DOCUMENTS}">${slots.join('')}</AdhocQuery></query:AdhocQueryRequest>`
}

/** The reference implementation reads instants (ISO 8601, unquoted) under names of eHDSI, not those of FindDocuments. */
function timeSlots({ createdBefore, createdAfter }: DocumentQuery, profile: IheProfile): readonly string[] {
  if (profile === 'openncp') {
    return [
      slot('$XDSDocumentEntryFilterCreatedBefore', [createdBefore]),
      slot('$XDSDocumentEntryFilterCreatedAfter', [createdAfter]),
    ]
  }
  const time = (iso: string | undefined) => {
    const written = iso === undefined ? undefined : writeTime(iso)
    return written === undefined ? undefined : writeString(written)
  }
  return [
    slot('$XDSDocumentEntryCreationTimeFrom', [time(createdAfter)]),
    slot('$XDSDocumentEntryCreationTimeTo', [time(createdBefore)]),
  ]
}
