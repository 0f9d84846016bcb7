/** One entry of service metadata, as types: a service of a country, where it answers, and what comes with it. */
import type { SmpServiceKind } from './service-identifiers.ts'

export interface ServiceEndpoint {
  /** For search masks, an address that is only named. */
  readonly address: string
  /** DER of the certificate with which the endpoint answers. */
  readonly certificate: Uint8Array
  /** ISO 8601; absent when always or without end. */
  readonly activeFrom?: string
  readonly expires?: string
  readonly description: string
  readonly technicalContact: string
}

export interface ServiceMetadata {
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country: string
  readonly service: SmpServiceKind
  readonly endpoint: ServiceEndpoint
  /** The International Search Mask itself, XML text, for the service `search-mask`. */
  readonly searchMask?: string
}

export const SMP_NAMESPACE = 'http://docs.oasis-open.org/bdxr/ns/SMP/2016/05'

export type MetadataProblemCode =
  | 'metadata-not-xml'
  | 'metadata-not-smp'
  | 'metadata-incomplete'
  | 'metadata-signature'
  | 'metadata-other-country'
  | 'metadata-expired'
