/** Small documents and a small terminology for tests. */
import assert from 'node:assert/strict'
import type { FhirResource } from 'fhir/r4'
import type { Terminology } from '#terminology/terminology.ts'
import type { ClinicalDocument } from '../../model/clinical-document.ts'
import { readCda } from '../read-cda.ts'

const SYSTEMS: Readonly<Record<string, string>> = {
  '2.16.840.1.113883.6.1': 'http://loinc.org',
  '2.16.840.1.113883.6.96': 'http://snomed.info/sct',
  '2.16.840.1.113883.6.73': 'http://www.whocc.no/atc',
  '1.3.6.1.4.1.12559.11.10.1.3.1.44.2': 'http://hl7.org/fhir/sid/icd-10',
  '0.4.0.127.0.16.1.1.2.1': 'http://standardterms.edqm.eu',
  '2.16.840.1.113883.5.1150.1': 'http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips',
}

/** Knows a few code systems and no designations. */
export const TERMINOLOGY: Terminology = {
  canonicalSystem: (system) => SYSTEMS[system] ?? (/^[0-9.]+$/.test(system) ? `urn:oid:${system}` : system),
  oidOf: () => undefined,
  systemName: () => undefined,
  designation: () => undefined,
  concept: () => undefined,
  mapped: () => [],
  membership: () => 'unknown',
}

interface Parts {
  /** Elements between the title and the patient. */
  readonly header?: string
  readonly patient?: string
  readonly people?: string
  readonly body?: string
}

const PATIENT = `<patientRole><id root="2.999.1" extension="P1"/><patient><name><given>Ana</given><family>Silva</family></name>
  <administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="19820508"/></patient></patientRole>`

/** A whole patient summary around the given parts. */
export function summary({ header = '', patient = PATIENT, people = '', body = '<structuredBody/>' }: Parts): string {
  return `<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:pharm="urn:hl7-org:pharm">
  <typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/><templateId root="1.3.6.1.4.1.12559.11.10.1.3.1.1.3"/>
  <id root="2.999" extension="D1"/><code code="60591-5" codeSystem="2.16.840.1.113883.6.1"/><title>Resumo</title>
  <effectiveTime value="20220608104900+0200"/><confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/><languageCode code="pt-PT"/>
  ${header}<recordTarget>${patient}</recordTarget>${people}<component>${body}</component></ClinicalDocument>`
}

/** A body with one section. */
export function section(code: string, entries: string, text = '<paragraph>x</paragraph>'): string {
  return `<structuredBody><component><section><code code="${code}" codeSystem="2.16.840.1.113883.6.1" displayName="S"/><title>T</title>
  <text>${text}</text>${entries}</section></component></structuredBody>`
}

export function read(xml: string | Uint8Array): ClinicalDocument {
  const result = readCda(typeof xml === 'string' ? Buffer.from(xml) : xml, { terminology: TERMINOLOGY })
  assert.ok(result.ok, result.ok ? '' : result.problem.sentence)
  return result.value
}

/** Every resource of a type, in order. */
export function all<Type extends FhirResource['resourceType']>(
  document: ClinicalDocument,
  type: Type,
): Extract<FhirResource, { resourceType: Type }>[] {
  const isWanted = (resource: unknown): resource is Extract<FhirResource, { resourceType: Type }> =>
    typeof resource === 'object' && resource !== null && 'resourceType' in resource && resource.resourceType === type
  return (document.bundle.entry ?? []).flatMap(({ resource }) => (isWanted(resource) ? [resource] : []))
}

/** The only resource of a type. */
export function only<Type extends FhirResource['resourceType']>(
  document: ClinicalDocument,
  type: Type,
): Extract<FhirResource, { resourceType: Type }> {
  const [found, ...more] = all(document, type)
  assert.ok(found !== undefined && more.length === 0, `${more.length + (found ? 1 : 0)} resources of type ${type}`)
  return found
}
