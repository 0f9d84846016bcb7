/**
 * Names of documents across a bridge: computed from the names on the other wire and back, so that no table has to be kept.
 * A name holds the service and the form, because rights are decided before the other country is asked.
 */
import { SERVICES, type ServiceKind } from '#wire/discovery/directory.ts'
import type { Form, Wire } from '../border/border-service.ts'

export interface BridgedName {
  readonly service: ServiceKind
  readonly form: Form
  /** Of the form on the other wire: a path below the FHIR base, or `repository|document id`. */
  readonly peerId: string
}

const FORMS: readonly Form[] = ['structured', 'pdf', 'image', 'source']

/** On the FHIR wire base64url; on the IHE wire `<repository OID>^<base64url>`, an XDS unique id (ITI TF-3 4.2.3.2.26). */
export function bridgedId({ service, form, peerId }: BridgedName, wire: Wire, repositoryId: string): string {
  const opaque = Buffer.from(`${SERVICES.indexOf(service)}${FORMS.indexOf(form)}${peerId}`).toString('base64url')
  return wire === 'fhir' ? opaque : `${repositoryId}^${opaque}`
}

/** Undefined for a name that no bridge computed. Wrong names of the right shape are refused by the country that is asked. */
export function readBridgedId(id: string): BridgedName | undefined {
  const opaque = id.slice(id.indexOf('^') + 1)
  if (!/^[\w-]{4,1000}$/.test(opaque)) return undefined
  const name = Buffer.from(opaque, 'base64url').toString()
  const service = SERVICES[Number(name[0])]
  const form = FORMS[Number(name[1])]
  const peerId = name.slice(2)
  return service && form && peerId !== '' ? { service, form, peerId } : undefined
}
