/** Why a value is missing: HL7 v3 nullFlavor (V3 data types §1.11.4) as FHIR extensions. */
import type { Extension } from 'fhir/r4'
import { attribute } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { DATA_ABSENT_EXTENSION, NULL_FLAVOR_EXTENSION } from '../tables/urls.ts'

const REASONS: Readonly<Record<string, string>> = {
  UNK: 'unknown',
  ASKU: 'asked-unknown',
  NASK: 'not-asked',
  NAV: 'temp-unknown',
  NAVU: 'unknown',
  MSK: 'masked',
  NA: 'not-applicable',
  NP: 'unsupported',
}

export function nullFlavorOf(element: XmlElement | undefined): string | undefined {
  return attribute(element, 'nullFlavor')
}

/** The exact flavour; nothing when the value is there. */
export function nullFlavorExtension(element: XmlElement | undefined): Extension[] {
  const flavor = nullFlavorOf(element)
  return flavor === undefined || !/^[^\s]+$/.test(flavor) ? [] : [{ url: NULL_FLAVOR_EXTENSION, valueCode: flavor }]
}

/** FHIR's own reason for a missing value. */
export function absentReason(flavor: string | undefined): string {
  return REASONS[flavor ?? ''] ?? 'unknown'
}

/** For an element that a profile requires and the source does not state. */
export function absent(element?: XmlElement): Extension[] {
  return [
    { url: DATA_ABSENT_EXTENSION, valueCode: absentReason(nullFlavorOf(element)) },
    ...nullFlavorExtension(element),
  ]
}
