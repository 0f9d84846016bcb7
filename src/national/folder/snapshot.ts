/** The folder as last read: the register and the documents, each document tied to a registered patient. */
import { readFile } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import type { NationalDocument } from '../connector.ts'
import { type About, headerFromAbout } from './about-file.ts'
import { PRESCRIPTION } from './cda-prescription.ts'
import {
  type DocumentFile,
  documentFileNames,
  type FileReading,
  fileVersion,
  originalFormat,
  readDocumentFile,
} from './document-files.ts'
import { type DocumentHeader, documentIdentifier, type PrescriptionHeader } from './document-header.ts'
import { comparableIdentifier } from './matching.ts'
import { type RegisteredPatient, readPatientsFile } from './patients-file.ts'

export interface HeldDocument {
  readonly file: string
  readonly version: string
  readonly document: NationalDocument
  /** Comparable identifiers of the patient, see `comparableIdentifier`. */
  readonly patients: ReadonlySet<string>
  readonly prescription?: HeldPrescription
}

/** What the folder knows of a prescription; every rendition of it has the same. */
export interface HeldPrescription extends PrescriptionHeader {
  readonly rules: NonNullable<About['prescription']>
}

export interface Snapshot {
  readonly patients: readonly RegisteredPatient[]
  readonly patientsVersion: string
  readonly readings: ReadonlyMap<string, FileReading>
  readonly documents: ReadonlyMap<string, HeldDocument>
}

export const PATIENTS_FILE = 'patients.json'
export const DOCUMENTS_FOLDER = 'documents'

/**
 * Reads the folder again, and of its documents only those whose file changed since `previous`. Problems of single files
 * are told once, when the file is first read. The result is a failure only when the register or the folder cannot be used.
 */
export async function readSnapshot(
  directory: string,
  previous: Snapshot | undefined,
  report: (problem: Problem) => void,
): Promise<Result<Snapshot, 'folder-unreadable' | 'patients-not-json' | 'patients-wrong-shape'>> {
  const patients = await readRegister(directory, previous)
  if (!patients.ok) return patients
  const readings = await readFiles(join(directory, DOCUMENTS_FOLDER), previous)
  if (!readings) {
    return failed(
      'folder-unreadable',
      'The folder of documents cannot be read.',
      'Check that it exists and may be read.',
      {
        file: join(directory, DOCUMENTS_FOLDER),
      },
    )
  }
  const unchanged =
    previous?.patientsVersion === patients.value.version &&
    previous.readings.size === readings.size &&
    [...readings].every(([name, reading]) => previous.readings.get(name) === reading)
  if (unchanged && previous) return ok(previous)
  for (const [name, reading] of readings) {
    if (!reading.ok && previous?.readings.get(name) !== reading) report(reading.problem)
  }
  const documents = tieToPatients([...readings.values()], patients.value.patients, report)
  return ok({
    patients: patients.value.patients,
    patientsVersion: patients.value.version,
    readings,
    documents,
  })
}

async function readRegister(directory: string, previous: Snapshot | undefined) {
  const path = join(directory, PATIENTS_FILE)
  const version = await fileVersion(path)
  if (version !== undefined && version === previous?.patientsVersion) {
    return ok({ patients: previous.patients, version })
  }
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch {
    return failed(
      'folder-unreadable',
      'The list of patients cannot be read.',
      'Check that it exists and may be read.',
      {
        file: path,
      },
    )
  }
  const patients = readPatientsFile(text, path)
  return patients.ok ? ok({ patients: patients.value, version: version ?? '' }) : patients
}

async function readFiles(
  directory: string,
  previous: Snapshot | undefined,
): Promise<ReadonlyMap<string, FileReading> | undefined> {
  let names: readonly string[]
  try {
    names = await documentFileNames(directory)
  } catch {
    return undefined
  }
  const versions = await Promise.all(names.map((name) => fileVersion(join(directory, name))))
  const readings = new Map<string, FileReading>()
  for (const [index, name] of names.entries()) {
    const version = versions[index]
    if (version === undefined) continue
    const before = previous?.readings.get(name)
    const known = before && (before.ok ? before.file.version : before.version) === version
    readings.set(name, known ? before : await readDocumentFile(directory, name, version))
  }
  return readings
}

function tieToPatients(
  readings: readonly FileReading[],
  patients: readonly RegisteredPatient[],
  report: (problem: Problem) => void,
): ReadonlyMap<string, HeldDocument> {
  const files = readings.flatMap((reading) => (reading.ok ? [reading.file] : []))
  const held = new Map<string, HeldDocument>()
  for (const file of files.filter(({ about }) => about === undefined)) {
    const tied = tiedDocument(file, files, patients)
    if ('sentence' in tied) report(tied)
    else if (held.has(tied.document.id)) {
      report(notHeld(file.name, 'Another file has the same document identifier.', 'Remove one of them.'))
    } else held.set(tied.document.id, tied)
  }
  return held
}

function tiedDocument(
  file: DocumentFile,
  files: readonly DocumentFile[],
  patients: readonly RegisteredPatient[],
): HeldDocument | Problem {
  const about = files.find((other) => other.about && stem(other.name) === stem(file.name))?.about
  const header = file.header ?? siblingHeader(file, files) ?? aboutHeader(file, about)
  if (!header) {
    return notHeld(file.name, 'No document or description of the same name says whose original this is.', 'Add it.')
  }
  const identifiers = new Set(header.patients.map(comparableIdentifier))
  const patient = patients.find(({ comparableIdentifiers }) => !disjoint(comparableIdentifiers, identifiers))
  if (!patient) return notHeld(file.name, 'The patient of the document is not registered.', 'Add the patient.')
  const related = relatedOf(file, header, files)
  const prescription = prescriptionOf(header, related, files, about)
  return {
    file: file.name,
    version: file.version,
    document: nationalDocument(file, header, patient, related, about),
    patients: identifiers,
    ...(prescription ? { prescription } : {}),
  }
}

/** The coded rendition says what is prescribed; originals of it are the same prescription. */
function prescriptionOf(
  header: DocumentHeader,
  related: string | undefined,
  files: readonly DocumentFile[],
  about: About | undefined,
): HeldPrescription | undefined {
  if (header.classCode !== PRESCRIPTION) return undefined
  const other = files.find((file) => file.header?.id === related)?.header?.prescription
  const own = header.prescription
  const [coded, further] = own && own.lines.length > 0 ? [own, other] : [other ?? own, own]
  const identifiers = [...new Set([...(coded?.identifiers ?? []), ...(further?.identifiers ?? [])])]
  return { ...(coded ?? { lines: [] }), identifiers, rules: about?.prescription ?? {} }
}

function aboutHeader({ name }: DocumentFile, about: About | undefined): DocumentHeader | undefined {
  const format = originalFormat(name)
  return about && format ? headerFromAbout(about, name, format) : undefined
}

function disjoint(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  for (const member of one) if (other.has(member)) return false
  return true
}

function notHeld(file: string, sentence: string, next: string): Problem {
  return { code: 'document-not-tied', sentence, next, place: { file } }
}

/** `x`, of `x.L3.xml`, `x.L1.xml`, `x.json`, `x.pdf` and `x.about.json`. */
function stem(name: string): string {
  return parse(name).name.replace(/\.(L[13]|about)$/i, '')
}

/** A PDF says nothing that can be read; it is the original of the structured document of the same name. */
function siblingHeader(file: DocumentFile, files: readonly DocumentFile[]): DocumentHeader | undefined {
  const sibling = files.find(
    (other) => other.header && other.name !== file.name && stem(other.name) === stem(file.name),
  )
  if (!sibling?.header) return undefined
  const format = originalFormat(file.name) ?? 'pdf'
  return {
    ...sibling.header,
    id: documentIdentifier(format, sibling.header.id),
    format,
    transforms: [sibling.header.id],
  }
}

/** L3 and L1 name each other in their headers, or share a stem. */
function relatedOf(file: DocumentFile, header: DocumentHeader, files: readonly DocumentFile[]): string | undefined {
  const others = files.filter((other) => other.name !== file.name)
  const byHeader = others.find(
    ({ header: other }) => other && (header.transforms.includes(other.id) || other.transforms.includes(header.id)),
  )
  const byStem = others.find((other) => other.header && stem(other.name) === stem(file.name))
  return (byHeader ?? byStem)?.header?.id
}

function nationalDocument(
  file: DocumentFile,
  header: DocumentHeader,
  patient: RegisteredPatient,
  related: string | undefined,
  { prescription: _rules, patient: _whose, ...about }: About = {},
): NationalDocument {
  const { id, content, categories } = header
  const said = Object.fromEntries(Object.entries(about).filter(([, value]) => value !== undefined))
  return {
    id,
    patient: patient.identifiers[0] ?? '',
    classCode: header.classCode,
    title: header.title,
    effectiveTime: header.effectiveTime,
    author: header.author,
    language: header.language,
    format: header.format,
    ...(content === undefined ? {} : { content }),
    size: file.size,
    hash: file.hash,
    confidentiality: header.confidentiality,
    ...(related === undefined ? {} : { related }),
    ...(categories === undefined ? {} : { categories }),
    ...said,
  }
}
