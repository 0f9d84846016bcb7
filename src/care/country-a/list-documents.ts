/** `GET /DocumentReference`: which documents are there? No document, unknown patient and opt-out look the same. */
import type { DocumentReference } from 'fhir/r4'
import { PATIENT_SUMMARY } from '#documents/model/clinical-document.ts'
import type { NcpehHandlers } from '#wire/fhir/ncpeh-server.ts'
import { dateMatches } from '#wire/fhir/search-date.ts'
import { type DocumentSearch, tokenMatches } from '#wire/fhir/search-parameters.ts'
import { callerOf, type Desk, type Done, openFile, receive, refused } from './desk.ts'
import { CATEGORY, documentReference, groupEntries } from './document-entry.ts'
import { NOT_ALLOWED, nationalRefusal, UNKNOWN_CLASS } from './refusals.ts'

type Listed = Done<readonly DocumentReference[]>

export function listing(desk: Desk): NcpehHandlers['searchDocuments'] {
  return async (search, call) => {
    const began = desk.even.now()
    const answer = await receive<readonly DocumentReference[]>(
      desk,
      {
        step: 'list',
        scope: 'user/DocumentReference.search',
        service: 'patient-summary',
        patients: [search.patient],
        needsRelationship: true,
      },
      call,
      async (access): Promise<Listed> => {
        if (!search.types.some((type) => tokenMatches(type, 'http://loinc.org', PATIENT_SUMMARY))) {
          return refused(UNKNOWN_CLASS)
        }
        const file = await openFile(desk, access, PATIENT_SUMMARY)
        if (file.refusal) return refused(file.refusal)
        const { person, patient, decision } = file
        if (!person) return nothing('unknown-patient', patient)
        if (!decision.permit) {
          // Only the patient's own choice is kept secret; what the policy forbids is said.
          return decision.reason === 'consent'
            ? nothing('consent', patient)
            : refused(NOT_ALLOWED, { patient, detail: decision.reason })
        }
        const listed = await desk.connector.listPatientSummaries(patient, callerOf(access))
        if (!listed.ok) {
          return listed.problem.code === 'national-no-match' || listed.problem.code === 'national-document-missing'
            ? nothing('no-document', patient)
            : refused(nationalRefusal(listed.problem), { patient, detail: listed.problem.code })
        }
        const frame = {
          country: desk.country,
          homeCommunityId: desk.homeCommunityId,
          base: desk.base,
          ids: desk.ids,
          caller: access.issuer,
          patient: person,
          patientIdentifier: patient,
        }
        const summaries = listed.value.filter(({ classCode }) => classCode === PATIENT_SUMMARY)
        const entries = groupEntries(summaries).map((entry) => ({ entry, reference: documentReference(entry, frame) }))
        const wanted = entries.filter(({ reference }) => isWanted(reference, search))
        if (wanted.length === 0) return nothing('no-document', patient)
        desk.even.observe(desk.even.now() - began)
        return {
          answer: { ok: true, value: wanted.map(({ reference }) => reference) },
          outcome: 'success',
          patient,
          documents: wanted.map(({ entry }) => entry.main.id),
          disclosed: true,
        }
      },
    )
    if (answer.ok && answer.value.length === 0) await desk.even.settle(began)
    return answer
  }
}

function nothing(detail: string, patient: string): Listed {
  return {
    answer: { ok: true, value: [] },
    outcome: detail === 'consent' ? 'refused' : 'nothing',
    patient,
    detail,
    documents: [],
  }
}

function isWanted(reference: DocumentReference, search: DocumentSearch): boolean {
  const { categories, contentTypes, dates, current } = search
  return (
    current &&
    dates.every((criterion) => dateMatches(criterion, reference.date ?? '')) &&
    (categories.length === 0 || categories.some((token) => tokenMatches(token, CATEGORY.system, CATEGORY.code))) &&
    (contentTypes.length === 0 ||
      reference.content.some(({ attachment }) => contentTypes.includes(attachment.contentType ?? '')))
  )
}
