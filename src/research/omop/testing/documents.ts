/** Invented FHIR documents for tests, read as the node reads those of other countries. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readDocument } from '#documents/read.ts'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { openTerminology } from '#terminology/open.ts'
import type { Terminology } from '#terminology/terminology.ts'
import type { SourceDocument } from '../from-fhir/document-facts.ts'
import { openSurrogateKeys, type SurrogateKeys, surrogateMigrations } from '../from-fhir/surrogate-keys.ts'

const TERMS = join(import.meta.dirname, '../../../../data/terms')

/** The words and names that ship, without the packages of HL7: quick to make. */
export function smallTerminology(): Promise<Terminology> {
  const cache = mkdtempSync(join(tmpdir(), 'tessera-omop-terms-'))
  return openTerminology({ cache, sources: { terms: TERMS, packages: [], icu: true } })
}

export async function memoryKeys(dataset = 'documents'): Promise<SurrogateKeys> {
  const database = await openDatabase('sqlite::memory:')
  await migrate(database, surrogateMigrations)
  return openSurrogateKeys(database, dataset)
}

type Json = Readonly<Record<string, unknown>>

export const PATIENT: Json = {
  resourceType: 'Patient',
  id: 'p',
  identifier: [{ system: 'urn:oid:1.2', value: '42' }],
  gender: 'female',
  birthDate: '1961-04-05',
}

/** A document of one patient; `resources` without id and subject get both. */
export function documentBundle(resources: readonly Json[], patient: Json = PATIENT, identifier = 'doc-1'): Json {
  const url = (at: number) => `urn:uuid:00000000-0000-4000-8000-${String(at).padStart(12, '0')}`
  const subject = { reference: url(1) }
  const composition = {
    resourceType: 'Composition',
    status: 'final',
    date: '2024-05-06T10:00:00Z',
    type: { coding: [{ system: 'http://loinc.org', code: '60591-5' }] },
    subject,
    title: 'Summary',
    section: [],
  }
  const own = resources.map((resource) => {
    const about = ['Immunization', 'AllergyIntolerance', 'Device'].includes(String(resource.resourceType))
      ? 'patient'
      : 'subject'
    return { [about]: subject, ...resource }
  })
  return {
    resourceType: 'Bundle',
    type: 'document',
    identifier: { system: 'urn:oid:1.3', value: identifier },
    timestamp: '2024-05-06T10:00:00Z',
    entry: [composition, patient, ...own].map((resource, at) => ({
      fullUrl: at < 2 ? url(at) : url(at + 100 * Number(identifier.replace(/\D/g, ''))),
      resource,
    })),
  }
}

export function readJson(value: Json, terminology: Terminology, name = 'document.json'): SourceDocument {
  return readBytes(Buffer.from(JSON.stringify(value)), terminology, name)
}

export function readBytes(bytes: Uint8Array, terminology: Terminology, name: string): SourceDocument {
  const read = readDocument(bytes, { file: name, terminology })
  if (!read.ok) throw new Error(`${name}: ${read.problem.sentence}`)
  return { name, document: read.value }
}
