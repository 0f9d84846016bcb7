/**
 * Writes the electronic prescriptions of the demonstration from the facts in `prescriptions.json`, each as its country
 * writes them: eHDSI CDA (wave 7) for Portugal, Greece and France, MPD resources in a FHIR document for Estonia.
 *
 *     node data/demo/prescriptions.ts
 *
 * Patient, prescriber and organisation are those of the patient's summary.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cdaPrescription } from './prescription-cda.ts'
import { fhirPrescription } from './prescription-fhir.ts'

export interface PrescribedMedicine {
  readonly product: string
  readonly productCode: string
  readonly atc: string
  /** EDQM codes of dose form, unit of presentation and outer package. */
  readonly form: string
  readonly unit: string
  readonly container: string
  /** Units in one package. */
  readonly contents: number
  /** Amount and UCUM unit in one unit of presentation, or in the amount and unit that follow. */
  readonly strength: readonly [number, string] | readonly [number, string, number, string]
  readonly route: string
  readonly dose: number
  /** UCUM; units of presentation when absent. */
  readonly doseUnit?: string
  /** Hours between two doses. */
  readonly hours?: number
  readonly asNeeded?: boolean
  readonly packages: number
  /** HL7 substanceAdminSubstitution: N none, G generic. */
  readonly substitution: string
  readonly posology: string
  /** Instructions to the pharmacist. */
  readonly pharmacist?: string
}

export interface PrescriptionFacts {
  readonly country: string
  /** The summary that tells who the patient and the prescriber are. */
  readonly from: string
  readonly file: string
  readonly number: string
  /** ISO dates. */
  readonly issued: string
  readonly until: string
  /** A signed PDF is kept beside it. */
  readonly original?: boolean
  readonly title: string
  readonly items: readonly PrescribedMedicine[]
}

const HERE = import.meta.dirname

export function prescriptionFacts(): readonly PrescriptionFacts[] {
  return JSON.parse(readFileSync(join(HERE, 'prescriptions.json'), 'utf8')) as readonly PrescriptionFacts[]
}

/** Words of a code of the house's own terms; the code itself when it has none in that language. */
export function wordsOf(file: 'atc' | 'edqm' | 'substitution', code: string, language: string): string {
  const { concepts } = JSON.parse(readFileSync(join(HERE, '..', 'terms', `${file}.json`), 'utf8')) as {
    readonly concepts: Readonly<Record<string, Readonly<Record<string, string>>>>
  }
  return concepts[code]?.[language] ?? code
}

/** Name and text of each document of the demonstration. */
export function prescriptionDocuments(): readonly { readonly path: string; readonly text: string }[] {
  return prescriptionFacts().map((facts) => {
    const folder = join(facts.country, 'documents')
    const summary = readFileSync(join(HERE, folder, facts.from), 'utf8')
    return facts.from.endsWith('.json')
      ? { path: join(folder, `${facts.file}.json`), text: fhirPrescription(facts, summary) }
      : { path: join(folder, `${facts.file}.L3.xml`), text: cdaPrescription(facts, summary) }
  })
}

if (import.meta.main) {
  for (const { path, text } of prescriptionDocuments()) writeFileSync(join(HERE, path), text)
}
