/**
 * A country as a folder of documents (`patients.json`, `documents/`). What the folder cannot do is answered with
 * `national-not-offered`; a missing or unreadable folder with `national-unavailable`, never with an empty list.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import { type ConsentDefault, defaultDecision } from '#trust/consent/consent-default.ts'
import type { NationalConnector, NationalDocument, NationalPatient, NationalProblemCode } from '../connector.ts'
import { openAccessLog } from './access-log.ts'
import { PRESCRIPTION } from './cda-prescription.ts'
import { choicePermits } from './choices.ts'
import { prescriptionDesk } from './dispensing.ts'
import { dispensingFiles } from './dispensing-file.ts'
import { comparableIdentifier, matchingPatients } from './matching.ts'
import type { RegisteredPatient } from './patients-file.ts'
import { DOCUMENTS_FOLDER, readSnapshot, type Snapshot } from './snapshot.ts'

/** LOINC class of the patient summary (eHDSI classCode). */
const PATIENT_SUMMARY = '60591-5'

export interface FolderConnectorOptions {
  readonly directory: string
  /** What holds when the patient has made no choice; default `permit`. */
  readonly consentDefault?: ConsentDefault
  /**
   * Told about every file that is left out and every fault of the register. Holds no content of a document; the place
   * names the file, and a file may be named after a person: log the code, show the place to the operator only.
   */
  readonly onProblem?: (problem: Problem) => void
  /** Milliseconds for which the folder is not looked at again; default 500. */
  readonly recheckAfter?: number
  readonly clock?: () => Date
}

type Answer<T> = Result<T, NationalProblemCode>

/** Opens the folder. It need not exist yet: each call looks whether files changed and answers from what is there. */
export async function openFolderConnector(options: FolderConnectorOptions): Promise<NationalConnector> {
  const folder = watchedFolder(options)
  const accesses = openAccessLog(join(options.directory, 'accesses.jsonl'))
  const prescriptions = prescriptionDesk(
    dispensingFiles(join(options.directory, 'dispensations')),
    options.clock ?? (() => new Date()),
  )
  await folder.current()

  const heldOf = async (patient: string, wanted: (document: NationalDocument) => boolean) => {
    const found = await folder.patient(patient)
    if (!found.ok) return found
    const held = [...found.value.snapshot.documents.values()]
      .filter((one) => belongs(one.patients, found.value.patient) && wanted(one.document))
      .sort((one, other) => other.document.effectiveTime.localeCompare(one.document.effectiveTime))
    return ok(held)
  }
  const documentsOf = async (patient: string, wanted: (document: NationalDocument) => boolean) => {
    const held = await heldOf(patient, wanted)
    return held.ok ? ok(held.value.map(({ document }) => document)) : held
  }
  const prescriptionsOf = (patient: string) => heldOf(patient, ({ classCode }) => classCode === PRESCRIPTION)

  return {
    async findPatients(query) {
      const current = await folder.current()
      if (!current.ok) return current
      const found = matchingPatients(current.value.patients, query)
      return single(found, (patient) => [publicTraits(patient)])
    },
    listPatientSummaries: (patient) => documentsOf(patient, ({ classCode }) => classCode === PATIENT_SUMMARY),
    listOriginalDocuments: (patient, filter) =>
      documentsOf(
        patient,
        ({ classCode, size, effectiveTime }) =>
          classCode !== PATIENT_SUMMARY &&
          classCode !== PRESCRIPTION &&
          (filter.kind === undefined || classCode === filter.kind) &&
          (filter.maximumSize === undefined || size <= filter.maximumSize) &&
          (filter.createdAfter === undefined || instant(effectiveTime) >= instant(filter.createdAfter)) &&
          (filter.createdBefore === undefined || instant(effectiveTime) <= instant(filter.createdBefore)),
      ),
    async getDocument(patient, documentId) {
      const found = await folder.patient(patient)
      if (!found.ok) return found
      const held = found.value.snapshot.documents.get(documentId)
      if (!held || !belongs(held.patients, found.value.patient)) return documentMissing()
      const bytes = await unchangedBytes(join(options.directory, DOCUMENTS_FOLDER, held.file), held.document.hash)
      return bytes ? ok({ document: held.document, bytes }) : documentMissing()
    },
    async consents(patient, country, _purpose, documentClass) {
      const found = await folder.patient(patient)
      if (!found.ok) return found
      const decision = choicePermits(found.value.patient.consents, country, documentClass)
      return ok(decision ?? defaultDecision(options.consentDefault ?? 'permit', country, documentClass) === 'permit')
    },
    async notifyAccess(access, caller) {
      try {
        await accesses.append({ ...access, caller })
        return ok(undefined)
      } catch {
        return unavailable()
      }
    },
    async listPrescriptions(patient, filter, caller) {
      const held = await prescriptionsOf(patient)
      return held.ok ? prescriptions.list(held.value, filter, caller) : held
    },
    async submitDispensation(dispensation, patient, caller) {
      const held = await prescriptionsOf(patient)
      return held.ok ? prescriptions.submit(held.value, dispensation, caller) : held
    },
    async discardDispensation(discard, patient, caller) {
      const held = await prescriptionsOf(patient)
      return held.ok ? prescriptions.discard(held.value, discard, caller) : held
    },
    searchFhir: async () => notOffered(),
  }
}

/** The folder, read again when its files changed; concurrent calls share one reading. */
function watchedFolder({ directory, recheckAfter = 500, onProblem = () => undefined }: FolderConnectorOptions) {
  let snapshot: Snapshot | undefined
  let reading: Promise<Answer<Snapshot>> | undefined
  let readAt = Number.NEGATIVE_INFINITY
  let told: string | undefined

  const read = async (): Promise<Answer<Snapshot>> => {
    const result = await readSnapshot(directory, snapshot, onProblem)
    if (result.ok) {
      snapshot = result.value
      told = undefined
      readAt = performance.now()
      return ok(snapshot)
    }
    const { code, place } = result.problem
    const fault = `${code} ${place?.file} ${place?.path}`
    if (told !== fault) onProblem(result.problem)
    told = fault
    snapshot = undefined
    return unavailable()
  }
  const current = (): Promise<Answer<Snapshot>> => {
    if (snapshot && performance.now() - readAt < recheckAfter) return Promise.resolve(ok(snapshot))
    reading ??= read().finally(() => {
      reading = undefined
    })
    return reading
  }
  return {
    current,
    /** The one registered person behind an identifier, with the folder as it was then. */
    async patient(identifier: string): Promise<Answer<{ snapshot: Snapshot; patient: RegisteredPatient }>> {
      const now = await current()
      if (!now.ok) return now
      const wanted = comparableIdentifier(identifier)
      const found = now.value.patients.filter((patient) => patient.comparableIdentifiers.has(wanted))
      return single(found, (patient) => ({ snapshot: now.value, patient }))
    },
  }
}

/** Several people are never listed: that would tell the asker about people who are not in front of him. */
function single<T>(found: readonly RegisteredPatient[], then: (patient: RegisteredPatient) => T): Answer<T> {
  const [patient, another] = found
  if (!patient) {
    return failed('national-no-match', 'No person matches.', 'Check the identifier and the traits with the patient.')
  }
  if (another) {
    return failed('national-multiple-matches', 'Several people match.', 'Ask the patient for more traits.')
  }
  return ok(then(patient))
}

function publicTraits(patient: RegisteredPatient): NationalPatient {
  const { identifiers, family, given, birthDate, gender, otherNames } = patient
  return { identifiers, family, given, birthDate, gender, ...(otherNames === undefined ? {} : { otherNames }) }
}

function belongs(identifiers: ReadonlySet<string>, patient: RegisteredPatient): boolean {
  for (const identifier of identifiers) if (patient.comparableIdentifiers.has(identifier)) return true
  return false
}

/** The bytes, only when they are still the ones that the list described. */
async function unchangedBytes(path: string, hash: string): Promise<Uint8Array | undefined> {
  try {
    const bytes = await readFile(path)
    return createHash('sha256').update(bytes).digest('hex') === hash ? bytes : undefined
  } catch {
    return undefined
  }
}

function instant(time: string): number {
  return Date.parse(time)
}

function documentMissing() {
  return failed('national-document-missing', 'The document is not there.', 'List the documents of the patient again.')
}

function unavailable() {
  return failed('national-unavailable', 'The national documents cannot be reached.', 'Try again later.')
}

function notOffered() {
  return failed('national-not-offered', 'This country does not offer this service.', 'Use another service.')
}
