/** For tests: the professional who asks, and documents whose content does not matter. */
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import { ok } from '#platform/result/result.ts'
import type { Professional } from '#trust/people/professional.ts'
import type { AccessGrant } from '#trust/tokens/access-grant.ts'

export const claire: Professional = {
  identifier: 'urn:oid:1.2.250.1.71.4.2.1|889990001011',
  given: 'Claire',
  family: 'Martin',
  role: { code: '2211', display: 'Generalist medical practitioners' },
  profession: 'Médecin généraliste',
  organisation: { identifier: 'urn:oid:1.2.250.1.71.4.2.2|1990000101', name: 'Centre de santé du Lac', kind: 'Other' },
  country: 'FR',
  assurance: 'eidas1',
}

/** She, as an access token names her. */
export const claireInTokens: AccessGrant['professional'] = {
  identifier: claire.identifier,
  name: 'Claire Martin',
  role: { code: '2211', display: 'Generalist medical practitioners' },
  organisation: { identifier: claire.organisation.identifier, name: claire.organisation.name },
}

export const emptyDocument: ClinicalDocument = {
  bundle: { resourceType: 'Bundle', type: 'document' },
  kind: 'patient-summary',
  origin: { format: 'fhir', language: 'pt' },
  account: { statements: [], notCarried: [] },
}

/** Reads every document as the empty one. */
export const emptyReading = {
  readDocument: () => ok(emptyDocument),
  transcode: (document: ClinicalDocument): ClinicalDocument => document,
}
