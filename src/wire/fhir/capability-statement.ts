/** What this server can do (`GET /metadata`), in the words of the NCPeH API. */
import type { CapabilityStatement, CapabilityStatementRestResource } from 'fhir/r4'
import { FHIR_JSON } from './outcome.ts'

export interface ServerIdentity {
  /** Base of the API, e.g. `https://127.0.0.1:4011/fhir`. */
  readonly base: string
  /** E.g. `National contact point for eHealth, PT`. */
  readonly name: string
  readonly softwareVersion: string
  /** ISO date of the software's release. */
  readonly released: string
}

/** `provision`: documents (dispensations) are taken. */
export function capabilityStatement(
  { base, name, softwareVersion, released }: ServerIdentity,
  provision: boolean,
): CapabilityStatement {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    kind: 'instance',
    date: released,
    fhirVersion: '4.0.1',
    format: [FHIR_JSON],
    software: { name: 'Tessera', version: softwareVersion },
    implementation: { description: name, url: base },
    implementationGuide: ['http://hl7.eu/fhir/eps'],
    rest: [
      {
        mode: 'server',
        security: {
          description:
            'Mutual TLS (1.2 or newer) between national contact points on the trust list. Each request but this one carries a JWT with IUA claims, bound to the client certificate (RFC 8705).',
        },
        resource: provision ? [...RESOURCES, LIST] : RESOURCES,
        ...(provision ? { interaction: [{ code: 'transaction', documentation: PROVISION }] } : {}),
      },
    ],
  }
}

const RESOURCES: CapabilityStatementRestResource[] = [
  {
    type: 'Patient',
    interaction: [{ code: 'search-type' }],
    searchParam: [
      { name: 'identifier', type: 'token', documentation: 'system|value; at least one is required' },
      { name: 'name', type: 'string' },
      { name: 'family', type: 'string' },
      { name: 'given', type: 'string' },
      { name: 'birthdate', type: 'date' },
      { name: 'gender', type: 'token' },
    ],
  },
  {
    type: 'DocumentReference',
    supportedProfile: ['http://hl7.eu/fhir/health-data-api/StructureDefinition/EehrxfMhdDocumentReference'],
    interaction: [{ code: 'search-type' }],
    searchParam: [
      { name: 'type', type: 'token', documentation: 'required' },
      {
        name: 'patient',
        type: 'reference',
        documentation: 'only chained as patient.identifier=system|value; required',
      },
      { name: 'date', type: 'date' },
      { name: 'status', type: 'token' },
      { name: 'category', type: 'token' },
      { name: 'contenttype', type: 'token' },
      { name: 'size', type: 'quantity', documentation: 'le and a number of bytes: larger originals are left out' },
    ],
  },
  { type: 'Bundle', interaction: [{ code: 'read' }] },
  { type: 'Binary', interaction: [{ code: 'read' }] },
]

const LIST: CapabilityStatementRestResource = {
  type: 'List',
  supportedProfile: ['https://profiles.ihe.net/ITI/MHD/StructureDefinition/IHE.MHD.Minimal.SubmissionSet'],
  documentation: 'Only inside a transaction: the submission, whose identifier makes a repetition count once.',
}

const PROVISION =
  'IHE MHD ITI-65, Minimal Provide Document Bundle, of one eDispensation (LOINC 60593-1): List, DocumentReference and document Bundle (or Binary with CDA). POST DocumentReference dispenses; PUT DocumentReference?identifier=… with status entered-in-error takes back. The identifier of the List is the submission: sent again, it gets the first answer.'
