/** A real terminology of a few codes, compiled in memory from FHIR resources. */
import assert from 'node:assert/strict'
import { addIdentity, emptyContent } from '#terminology/content.ts'
import { createTerminology } from '#terminology/create.ts'
import { loadResource, noCounts, type Provenance } from '#terminology/load/fhir.ts'
import { readStore } from '#terminology/store/read.ts'
import { encodeContent } from '#terminology/store/write.ts'
import type { TerminologyCatalogue } from '#terminology/terminology.ts'

export const ICD = 'http://hl7.org/fhir/sid/icd-10'
export const ICD_OID = '1.3.6.1.4.1.12559.11.10.1.3.1.44.2'
export const ICD_OLD_OID = '2.16.840.1.113883.6.3'
export const LOINC = 'http://loinc.org'
export const LOINC_OID = '2.16.840.1.113883.6.1'
/** A country's own system. */
export const NATIONAL = 'urn:oid:2.999.1'
export const NATIONAL_OID = '2.999.1'
export const DISORDERS = '1.3.6.1.4.1.12559.11.10.1.3.1.42.5'
export const UNITS = '1.3.6.1.4.1.12559.11.10.1.3.1.42.16'

export type Resource = Readonly<Record<string, unknown>>

const IDENTITIES = [
  { url: ICD, name: 'ICD-10', oids: [ICD_OID, ICD_OLD_OID] },
  { url: LOINC, name: 'LOINC', oids: [LOINC_OID] },
  { url: NATIONAL, name: 'National disorders', oids: [NATIONAL_OID] },
  { url: 'http://unitsofmeasure.org', name: 'UCUM', oids: ['2.16.840.1.113883.6.8'] },
]

export function terminologyOf(...resources: readonly Resource[]): TerminologyCatalogue {
  const content = emptyContent()
  for (const identity of IDENTITIES) addIdentity(content, { ...identity, aliases: [] })
  const provenance: Provenance = {
    source: 'test',
    reviewed: true,
    displayReviewed: true,
    canonical: (system) =>
      IDENTITIES.find(({ url, oids }) => url === system || oids.includes(system.replace('urn:oid:', '')))?.url ??
      system,
  }
  for (const resource of resources) loadResource(content, resource, provenance, noCounts())
  const store = readStore(encodeContent(content), 'test')
  assert.ok(store.ok)
  return createTerminology([store.value], 0)
}

/** A code system with words by language: `{I48: {en: 'Atrial fibrillation', fr: …}}`. */
export function codeSystem(
  url: string,
  concepts: Readonly<Record<string, Readonly<Record<string, string>>>>,
  more: Resource = {},
): Resource {
  return {
    resourceType: 'CodeSystem',
    url,
    content: 'complete',
    concept: Object.entries(concepts).map(([code, { en, ...others }]) => ({
      code,
      ...(en !== undefined && { display: en }),
      designation: Object.entries(others).map(([language, value]) => ({ language, value })),
    })),
    ...more,
  }
}

export function valueSet(oid: string, system: string, ...codes: readonly string[]): Resource {
  return {
    resourceType: 'ValueSet',
    url: `http://example.org/ValueSet/${oid}`,
    identifier: [{ value: `urn:oid:${oid}` }],
    compose: { include: [{ system, concept: codes.map((code) => ({ code })) }] },
  }
}

/** A map from the national system to ICD-10; a target is a code, or a FHIR target. */
export function conceptMap(
  targets: Readonly<Record<string, readonly (string | Resource)[]>>,
  more: Resource = {},
): Resource {
  return {
    resourceType: 'ConceptMap',
    url: 'http://example.org/ConceptMap/national',
    version: '2026',
    status: 'active',
    group: [
      {
        source: NATIONAL,
        target: ICD,
        element: Object.entries(targets).map(([code, list]) => ({
          code,
          target: list.map((one) => (typeof one === 'string' ? { code: one, equivalence: 'equivalent' } : one)),
        })),
      },
    ],
    ...more,
  }
}
