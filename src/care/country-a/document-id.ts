/**
 * Names of documents on the wires: opaque for one asking country and patient (opaque-id.ts), yet telling this node which
 * service the document belongs to, so that rights can be decided before anything national is asked.
 */
import { SERVICES, type ServiceKind } from '#wire/discovery/directory.ts'
import type { Form, Wire } from '../border/border-service.ts'
import type { OpaqueIds } from './opaque-id.ts'

export interface NamedForm {
  readonly wire: Wire
  readonly service: ServiceKind
  readonly form: Form
  /** Country that asks. */
  readonly caller: string
  /** Identifier that the patient's documents are kept under. */
  readonly patient: string
  /** National id of the entry that the form belongs to. */
  readonly document: string
}

/** FHIR: 64 hex digits, the longest id. IHE: `2.25.` and a UUID as number, an OID of at most 44 characters. */
export function documentId(ids: OpaqueIds, { wire, service, form, caller, patient, document }: NamedForm): string {
  const digest = serviceOctet(service) + ids.of(KINDS[form], caller, patient, document).slice(2)
  return wire === 'fhir' ? digest : oidOf(digest.slice(0, 32))
}

/** Of the service that a document's name stands for; undefined for names that this node never gave. */
export function serviceOfDocument(id: string): ServiceKind | undefined {
  const octet = /^[0-9a-f]{64}$/.test(id) ? id.slice(0, 2) : octetOf(id)
  return SERVICES.find((service) => serviceOctet(service) === octet)
}

const KINDS = { structured: 'bundle', pdf: 'pdf', image: 'image', source: 'source' } as const

/** Never zero, so that the number of an OID keeps its length. */
function serviceOctet(service: ServiceKind): string {
  return (SERVICES.indexOf(service) + 1).toString(16).padStart(2, '0')
}

/** RFC 9562 §5.8: version and variant are set, everything else is ours; ITU-T X.667: a UUID is the OID 2.25.number. */
function oidOf(hex: string): string {
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 3) | 8).toString(16)
  return `2.25.${BigInt(`0x${hex.slice(0, 12)}8${hex.slice(13, 16)}${variant}${hex.slice(17)}`)}`
}

function octetOf(oid: string): string | undefined {
  const number = /^2\.25\.(\d{1,39})$/.exec(oid)?.[1]
  return number === undefined ? undefined : BigInt(number).toString(16).padStart(32, '0').slice(0, 2)
}
